import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import { pieceHashesPath, startPieceHasher } from "./piece-hashes.ts";

const READ_BYTES = 1024 * 1024;

/**
 * Whether a blob that an earlier run of the agent left in the cache is still what it was: its size, and its piece hashes
 * computed again, at memory speed. Proves that the file did not change since its SHA-256 was checked, not the SHA-256.
 */
export async function isCachedWhole(directory: string, blob: BlobRef): Promise<boolean> {
  const path = join(directory, blob.sha256);
  try {
    const expected = await readFile(pieceHashesPath(path));
    const file = await open(path, "r");
    try {
      if ((await file.stat()).size !== blob.sizeBytes) return false;
      const hasher = startPieceHasher();
      const buffer = Buffer.allocUnsafe(READ_BYTES);
      for (let at = 0; at < blob.sizeBytes; ) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
        if (bytesRead === 0) return false;
        hasher.update(buffer.subarray(0, bytesRead));
        at += bytesRead;
      }
      return expected.equals(hasher.finish());
    } finally {
      await file.close();
    }
  } catch {
    // Not there, or not readable: either way it is fetched again.
    return false;
  }
}

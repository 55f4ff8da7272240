import { open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import { isErrnoError } from "@stickfarm/common/rim/file-problem";
import { pieceHashesPath, startPieceHasher } from "./piece-hashes.ts";

const READ_BYTES = 1024 * 1024;

export type CachedCheck = {
  /** Bytes that were read and hashed. */
  readonly onProgress: (doneBytes: number) => void;
  readonly signal: AbortSignal;
};

/**
 * Whether a blob that an earlier run of the agent left in the cache is still what it was: its size, and its piece hashes
 * computed again, at the disk's speed.
 *
 * Proves that no disk, power cut or stray program changed the file since its SHA-256 was checked. Not against somebody who
 * may write here: he would change the hashes too, and the folder is closed to all but the agent.
 */
export async function isCachedWhole(
  directory: string,
  blob: BlobRef,
  { onProgress, signal }: CachedCheck,
): Promise<boolean> {
  const path = join(directory, blob.sha256);
  try {
    const expected = await readFile(pieceHashesPath(path));
    const file = await open(path, "r");
    try {
      if ((await file.stat()).size !== blob.sizeBytes) return false;
      const hasher = startPieceHasher();
      const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, blob.sizeBytes + 1));
      for (let doneBytes = 0; doneBytes < blob.sizeBytes; onProgress(doneBytes)) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length, doneBytes);
        if (bytesRead === 0 || signal.aborted) return false;
        hasher.update(buffer.subarray(0, bytesRead));
        doneBytes += bytesRead;
      }
      return expected.equals(hasher.finish());
    } finally {
      await file.close();
    }
  } catch (error) {
    // Not there, or not readable: either way it is fetched again.
    if (isErrnoError(error)) return false;
    throw error;
  }
}

/** What changes whenever the file or its piece hashes are touched; `null` when one of them is missing. */
export async function readCachedVersion(directory: string, blob: BlobRef): Promise<string | null> {
  const path = join(directory, blob.sha256);
  try {
    const both = await Promise.all([stat(path), stat(pieceHashesPath(path))]);
    return both.map(({ ino, size, mtimeMs }) => [ino, size, mtimeMs].join(" ")).join(" ");
  } catch (error) {
    if (isErrnoError(error)) return null;
    throw error;
  }
}

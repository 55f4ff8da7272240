import { createCipheriv } from "node:crypto";
import { open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pieceHashesPath, startPieceHasher } from "@stickfarm/agent/content/piece-hashes";
import type { BlobRef, ByteRange } from "@stickfarm/common/media/manifest";

export type BenchImage = {
  /** In a folder that is a cache: its piece hashes lie beside it. */
  readonly path: string;
  readonly cacheDirectory: string;
  readonly blob: BlobRef;
  readonly mapped: readonly ByteRange[];
  readonly mappedBytes: number;
};

const UNIT_BYTES = 64 * 1024;
const WRITE_BYTES = 4 * 1024 * 1024;

/**
 * Make an image of incompressible runs of 64 KiB to 16 MiB with gaps of two thirds of that, the same in every run: 60 %
 * mapped. It is hashed as the agent does it on the way into its cache.
 */
export async function makeBenchImage(folder: string, sizeBytes: number): Promise<BenchImage> {
  // Only the cache asks for the digest of a blob, and it is not part of this.
  const blob: BlobRef = { sha256: "0".repeat(64), sizeBytes };
  const path = join(folder, blob.sha256);
  const mapped = makeRanges(sizeBytes);
  const noise = createCipheriv("aes-128-ctr", Buffer.alloc(16, 1), Buffer.alloc(16));
  const hasher = startPieceHasher();
  const file = await open(path, "wx");
  for (let at = 0; at < sizeBytes; at += WRITE_BYTES) {
    const bytes = noise.update(Buffer.alloc(WRITE_BYTES));
    clearGaps(bytes, at, mapped);
    hasher.update(bytes);
    await file.write(bytes, 0, bytes.length, at);
  }
  await file.sync();
  await file.close();
  await writeFile(pieceHashesPath(path), hasher.finish());
  const mappedBytes = mapped.reduce((sum, range) => sum + range.lengthBytes, 0);
  return { path, cacheDirectory: folder, blob, mapped, mappedBytes };
}

function makeRanges(sizeBytes: number): ByteRange[] {
  const ranges: ByteRange[] = [];
  let state = 1;
  for (let offsetBytes = 0; offsetBytes < sizeBytes; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const units = 1 + ((state >>> 16) % 256);
    const lengthBytes = Math.min(units * UNIT_BYTES, sizeBytes - offsetBytes);
    ranges.push({ offsetBytes, lengthBytes });
    offsetBytes += lengthBytes + Math.round((units * 2) / 3) * UNIT_BYTES;
  }
  return ranges;
}

function clearGaps(bytes: Buffer, at: number, mapped: readonly ByteRange[]): void {
  let until = 0;
  for (const { offsetBytes, lengthBytes } of mapped) {
    const from = Math.max(until - at, 0);
    const to = Math.min(offsetBytes - at, bytes.length);
    if (from < to) bytes.fill(0, from, to);
    until = offsetBytes + lengthBytes;
  }
  if (until - at < bytes.length) bytes.fill(0, Math.max(until - at, 0));
}

import { createCipheriv, createHash } from "node:crypto";
import { open, rename, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { listNonZeroRuns } from "@stickfarm/agent/content/list-non-zero-runs";
import { pieceHashesPath, startPieceHasher } from "@stickfarm/agent/content/piece-hashes";
import type { BlobRef, ByteRange } from "@stickfarm/common/media/manifest";
import { planChanged, planMapped, sumLengths } from "./plan-image.ts";

export type BenchImage = {
  /** In a folder that is a cache: its piece hashes lie beside it. */
  readonly path: string;
  readonly cacheDirectory: string;
  readonly blob: BlobRef;
  readonly mapped: readonly ByteRange[];
  readonly mappedBytes: number;
};

export type ImageOptions = {
  readonly sizeBytes: number;
  /** What lies behind these is one hole; all of it unless told. */
  readonly dataBytes?: number;
  /** One MiB of so many differs from the image that has none of it; 1: all; `null`: that image. */
  readonly changedEvery: number | null;
};

const WRITE_BYTES = 4 * 1024 * 1024;

/**
 * Make an image of incompressible ranges, the same in every run, with holes between them. It is hashed as the agent does
 * it on the way into its cache.
 */
export async function makeBenchImage(
  folder: string,
  { sizeBytes, dataBytes = sizeBytes, changedEvery }: ImageOptions,
): Promise<BenchImage> {
  const mapped = planMapped(dataBytes);
  const layers = [{ noise: startNoise(1), ranges: mapped }];
  if (changedEvery !== null)
    layers.push({ noise: startNoise(2), ranges: planChanged(mapped, changedEvery) });
  const digest = createHash("sha256");
  const hasher = startPieceHasher();
  const making = join(folder, "making");
  const file = await open(making, "wx");
  for (let at = 0; at < sizeBytes; at += WRITE_BYTES) {
    const bytes = Buffer.alloc(Math.min(WRITE_BYTES, sizeBytes - at));
    for (const { noise, ranges } of layers) overlay(bytes, at, { noise: noise(), ranges });
    digest.update(bytes);
    hasher.update(bytes);
    for (const [start, end] of listNonZeroRuns(bytes))
      await file.write(bytes, start, end - start, at + start);
  }
  await file.close();
  await truncate(making, sizeBytes);
  const blob: BlobRef = { sha256: digest.digest("hex"), sizeBytes };
  const path = join(folder, blob.sha256);
  await rename(making, path);
  await writeFile(pieceHashesPath(path), hasher.finish());
  return { path, cacheDirectory: folder, blob, mapped, mappedBytes: sumLengths(mapped) };
}

/** The next bytes that look like chance, and come again in the next run. */
function startNoise(seed: number): () => Buffer {
  const cipher = createCipheriv("aes-128-ctr", Buffer.alloc(16, seed), Buffer.alloc(16));
  return () => cipher.update(Buffer.alloc(WRITE_BYTES));
}

type Layer = { readonly noise: Buffer; readonly ranges: readonly ByteRange[] };

/** Copy the noise to where `ranges` lie in these bytes, which begin at `at` of the image. */
function overlay(bytes: Buffer, at: number, { noise, ranges }: Layer): void {
  for (const { offsetBytes, lengthBytes } of ranges) {
    const from = Math.max(offsetBytes - at, 0);
    const to = Math.min(offsetBytes + lengthBytes - at, bytes.length);
    if (from < to) noise.copy(bytes, from, from, to);
  }
}

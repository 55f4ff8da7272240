import { type Extent, PIECE_BYTES, SEAL_BYTES } from "@stickfarm/common/layout/extent";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import { expect, onTestFinished, test } from "vitest";
import { KIB, MIB, makeCache, noise, openMemoryDrive, runPasses } from "./write-fixture.ts";

const SEEDS = 40;

/** The same numbers in every run. */
function startDice(seed: number): (below: number) => number {
  let state = seed * 2654435761;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Extents of all kinds and odd lengths, some side by side, across the seal, up to the end of the drive. */
function makeExtents(
  dice: (below: number) => number,
  drive: { readonly sizeBytes: number; readonly logicalBlockBytes: number },
  blob: BlobRef,
): Extent[] {
  const { sizeBytes, logicalBlockBytes } = drive;
  const align = (bytes: number): number => Math.ceil(bytes / logicalBlockBytes) * logicalBlockBytes;
  const extents: Extent[] = [];
  for (let at = align(dice(64 * KIB)); at < sizeBytes; ) {
    const kind = dice(3);
    const wish = align(1 + dice(dice(2) === 0 ? 16 * KIB : 700 * KIB));
    let lengthBytes = Math.min(wish, sizeBytes - at);
    if (kind === 0) {
      extents.push({ offsetBytes: at, lengthBytes, source: { kind: "zero" } });
    } else if (kind === 1) {
      const bytes = noise(lengthBytes, at + 1);
      extents.push({ offsetBytes: at, lengthBytes, source: { kind: "bytes", bytes } });
    } else {
      const blobOffsetBytes = dice(4) * PIECE_BYTES;
      lengthBytes = Math.min(lengthBytes, blob.sizeBytes - blobOffsetBytes);
      // Whole pieces, or all that is left of the blob: what a layout gives.
      const isRest = lengthBytes === blob.sizeBytes - blobOffsetBytes;
      if (!isRest) lengthBytes -= lengthBytes % PIECE_BYTES;
      const source = { kind: "blob", sha256: blob.sha256, blobOffsetBytes } as const;
      if (lengthBytes > 0) extents.push({ offsetBytes: at, lengthBytes, source });
    }
    at += align(lengthBytes) + (dice(3) === 0 ? align(dice(400 * KIB)) : 0);
  }
  return extents;
}

/** What the drive must hold in the end, written down the plain way. */
function render(
  extents: readonly Extent[],
  blob: Buffer,
  blockBytes: number,
  before: Buffer,
): Buffer {
  const drive = Buffer.from(before);
  drive.fill(0, 0, SEAL_BYTES).fill(0, drive.length - SEAL_BYTES);
  for (const { offsetBytes, lengthBytes, source } of extents) {
    const end = offsetBytes + Math.ceil(lengthBytes / blockBytes) * blockBytes;
    drive.fill(0, offsetBytes, end);
    if (source.kind === "bytes") drive.set(source.bytes, offsetBytes);
    if (source.kind !== "blob") continue;
    const from = source.blobOffsetBytes;
    blob.copy(drive, offsetBytes, from, from + lengthBytes);
  }
  return drive;
}

test(`a sealed drive holds its extents and nothing else has changed, for ${SEEDS} seeds`, async () => {
  const cache = await makeCache(onTestFinished);
  const bytes = noise(900_001, 3).fill(0, PIECE_BYTES, 2 * PIECE_BYTES);
  const blob = await cache.add(bytes);
  const broken: string[] = [];
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const dice = startDice(seed);
    const logicalBlockBytes = dice(2) === 0 ? 512 : 4096;
    const geometry = { sizeBytes: 5 * MIB + 4096 * dice(500), logicalBlockBytes };
    const extents = makeExtents(dice, geometry, blob);
    const drive = openMemoryDrive(geometry);
    const must = render(extents, bytes, logicalBlockBytes, drive.bytes);
    const { verified, seal } = await runPasses({ drive, geometry, extents, cache, blobs: [blob] });
    if (!verified.ok) broken.push(`seed ${seed}: ${verified.problem.detail}`);
    const sealed = await seal();
    if (!sealed.ok) broken.push(`seed ${seed}: ${sealed.problem.detail}`);
    if (!drive.bytes.equals(must))
      broken.push(`seed ${seed}: byte ${firstOther(drive.bytes, must)}`);
  }
  expect(broken).toEqual([]);
});

function firstOther(left: Buffer, right: Buffer): number {
  return left.findIndex((byte, index) => byte !== right[index]);
}

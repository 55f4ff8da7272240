/** For the laws beside: plans of all kinds, and what a drive must hold afterwards. */
import { type Extent, PIECE_BYTES, SEAL_BYTES } from "@stickfarm/common/layout/extent";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import { KIB, noise } from "./write-fixture.ts";

/** Extents of all kinds and odd lengths, some side by side, across the seal, up to the end of the drive. */
export function makeExtents(
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
export function render(
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

/** A drive of an earlier life: stretches that are what they shall be already, others that are not, by the dice. */
export function makeOld(dice: (below: number) => number, must: Buffer): Buffer {
  const old = Buffer.from(must);
  const sameIn = 1 + dice(6);
  for (let at = 0; at < old.length; ) {
    const end = Math.min(old.length, at + 512 * (1 + dice(dice(2) === 0 ? 8 : 2000)));
    if (dice(sameIn) === 0) noise(end - at, at + 7).copy(old, at);
    at = end;
  }
  return old;
}

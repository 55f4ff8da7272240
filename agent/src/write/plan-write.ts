import type { WritePolicy } from "@stickfarm/common/build/write-policy";
import type { DriveGeometry, Extent } from "@stickfarm/common/layout/extent";
import { type Chunk, planContent, planZeros, sumBytes } from "./plan-chunks.ts";
import { planSeal } from "./seal-drive.ts";
import { type IsZeroPiece, isHeldBack, type Segment, splitExtents } from "./split-extents.ts";
import { CHUNK_BYTES } from "./work.ts";

/** What the passes do, computed anew each time it is walked through: a plan takes no memory, however large the drive. */
export type WritePlan = {
  readonly geometry: DriveGeometry;
  readonly content: () => Generator<Chunk>;
  readonly contentBytes: number;
  /** Long runs of zeros: read, and written only where they are not zero. */
  readonly zeros: () => Iterable<Chunk>;
  readonly zeroBytes: number;
  readonly seal: Chunk;
};

/** A plan, and how it is to be carried out. */
export type PolicedPlan = { readonly plan: WritePlan; readonly policy: WritePolicy };

/** Every byte that an extent covers is in exactly one of `content`, `zeros` and `seal`. */
export function planWrite(
  extents: readonly Extent[],
  geometry: DriveGeometry,
  isZeroPiece: IsZeroPiece,
): WritePlan {
  const segments = (): Iterable<Segment> => splitExtents(extents, geometry, isZeroPiece);
  const content = (): Generator<Chunk> => planContent(segments(), CHUNK_BYTES);
  const zeros = (): Iterable<Chunk> => planZeros(segments(), CHUNK_BYTES);
  const heldBack: Segment[] = [];
  for (const segment of segments()) {
    if (!isHeldBack(segment)) break;
    heldBack.push(segment);
  }
  return {
    geometry,
    content,
    contentBytes: sumBytes(content()),
    zeros,
    zeroBytes: sumBytes(zeros()),
    seal: planSeal(heldBack, geometry.sizeBytes),
  };
}

/**
 * What waits for the seal is marked, not left zero: the first page alone is zero, so that nothing boots and a glance finds
 * a blank stick, and behind it stands what no other attempt has ever written.
 *
 * On a stick whose addresses wrap around, a far address may be the beginning in disguise. Content that was written there
 * destroys the mark; where zeros shall be, the mark is read, and zeros are written over it. Either shows before the seal
 * would destroy what was just verified. Had the beginning been zero, far zeros would have passed for zeros. What is left:
 * a stick that was not probed, whose last mapped zeros end within the first page.
 */
import { BLANK_BYTES, type DriveGeometry, SEAL_BYTES } from "@stickfarm/common/layout/extent";
import type { Result } from "@stickfarm/common/result";
import { fillChecked } from "./fill-checked.ts";
import type { Chunk } from "./plan-chunks.ts";
import { stampBlocks } from "./probe/probe-block.ts";
import type { Work } from "./work.ts";

/** The beginning as it stays from the erase to the seal. `tag`: TAG_BYTES that no attempt had before. */
export function planMark({ sizeBytes }: DriveGeometry, tag: Buffer): Chunk {
  const lengthBytes = Math.min(SEAL_BYTES, sizeBytes);
  const zeroBytes = Math.min(BLANK_BYTES, lengthBytes);
  const bytes = Buffer.alloc(lengthBytes - zeroBytes);
  stampBlocks(bytes, zeroBytes, tag);
  return {
    offsetBytes: 0,
    lengthBytes,
    segments: [
      { kind: "zero", offsetBytes: 0, lengthBytes: zeroBytes },
      { kind: "bytes", offsetBytes: zeroBytes, lengthBytes: bytes.length, bytes },
    ],
  };
}

/**
 * Put the mark where the seal will be; whether it still stands there is asked before the seal.
 *
 * Problems: those of the drive.
 */
export async function markBeginning(work: Work, mark: Chunk): Promise<Result<void>> {
  const lane = work.lanes[0]!; // There are READ_LANES of them.
  const filled = await fillChecked(work, mark, lane);
  if (!filled.ok || work.signal.aborted) return filled;
  return work.drive.write(lane.buffer.subarray(0, mark.lengthBytes), mark.offsetBytes);
}

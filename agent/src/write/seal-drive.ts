import { BLANK_BYTES, SEAL_BYTES } from "@stickfarm/common/layout/extent";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { fillChecked } from "./fill-checked.ts";
import type { Chunk } from "./plan-chunks.ts";
import type { Segment } from "./split-extents.ts";
import { verifyChunk } from "./verify-chunk.ts";
import type { Lane, Work } from "./work.ts";

/** The beginning of the drive, which was held back. What no segment covers in it was erased and stays zero. */
export function planSeal(heldBack: readonly Segment[], driveBytes: number): Chunk {
  const last = heldBack.at(-1);
  const end = last === undefined ? 0 : last.offsetBytes + last.lengthBytes;
  const lengthBytes = Math.max(Math.min(SEAL_BYTES, driveBytes), end);
  return { offsetBytes: 0, lengthBytes, segments: heldBack };
}

/**
 * Write the beginning of the drive, its first 4096 bytes last, and read it back.
 *
 * Problems: those of the drive; cache_corrupt; verify_mismatch. After any of them the first 4096 bytes are zero again, as
 *           far as the drive still obeys.
 */
export async function sealDrive(work: Work, seal: Chunk): Promise<Result<void>> {
  const [source, back] = [work.lanes[0]!, work.lanes[1]!]; // There are READ_LANES of them.
  const filled = await fillChecked(work, seal, source);
  if (!filled.ok) return filled;
  const sealed = await writeAndReadBack(work, seal, { source, back });
  if (!sealed.ok) {
    const zeros = source.buffer.subarray(0, BLANK_BYTES).fill(0);
    // The drive has failed already: what this attempt meets adds nothing to that.
    await work.drive.write(zeros, 0);
  }
  return sealed;
}

async function writeAndReadBack(
  work: Work,
  seal: Chunk,
  { source, back }: { readonly source: Lane; readonly back: Lane },
): Promise<Result<void>> {
  const { drive } = work;
  for (const [from, to] of [
    [BLANK_BYTES, seal.lengthBytes],
    [0, BLANK_BYTES],
  ] as const) {
    const written = await drive.write(source.buffer.subarray(from, to), from);
    if (!written.ok) return written;
    const flushed = await drive.flush();
    if (!flushed.ok) return flushed;
  }
  const read = await drive.read(back.buffer.subarray(0, seal.lengthBytes), 0);
  if (!read.ok) return read;
  const bytes = source.buffer.subarray(0, seal.lengthBytes);
  const whole = { kind: "bytes", offsetBytes: 0, lengthBytes: bytes.length, bytes } as const;
  const verified = await verifyChunk(work, { ...seal, segments: [whole] }, back);
  if (!verified.ok) return verified;
  const [fault] = verified.value;
  return fault === undefined ? ok(undefined) : fail(fault.problem);
}

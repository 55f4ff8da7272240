import { ok, type Result } from "@stickfarm/common/result";
import { checkZeros } from "./check-zeros.ts";
import { fillChunk } from "./fill-chunk.ts";
import { type Chunk, sumBytes } from "./plan-chunks.ts";
import type { WritePlan } from "./plan-write.ts";
import { runLanes } from "./run-lanes.ts";
import type { Advance, Work } from "./work.ts";
import type { WriteHooks } from "./write-hooks.ts";

/** What was done to the drive, and what of it is yet to be proven. */
export type Written = {
  readonly writtenBytes: number;
  readonly alreadyZeroBytes: number;
  readonly comparedBytes: number;
  /** To be read back. */
  readonly unproven: readonly Iterable<Chunk>[];
  readonly unprovenBytes: number;
};

/**
 * Put everything but the seal on the drive: content in device order, then zeros where something else stood.
 *
 * Problems: those of the drive; cache_corrupt.
 */
export async function writePlan(
  work: Work,
  plan: WritePlan,
  hooks: WriteHooks,
): Promise<Result<Written>> {
  const advance = hooks.onPhase("write", plan.contentBytes + plan.zeroBytes);
  const written = await writeContent(work, plan.content(), advance);
  if (!written.ok) return written;
  const checked = await checkZeros(work, plan.zeros(), advance);
  if (!checked.ok) return checked;
  const { alreadyZeroBytes, rewritten } = checked.value;
  const flushed = rewritten.length === 0 ? ok(undefined) : await work.drive.flush();
  if (!flushed.ok) return flushed;
  const writtenBytes = plan.contentBytes + sumBytes(rewritten);
  return ok({
    writtenBytes,
    alreadyZeroBytes,
    comparedBytes: 0,
    unproven: [plan.content(), rewritten],
    unprovenBytes: writtenBytes,
  });
}

/** O_DIRECT leaves nothing in the page cache, so one flush at the end does, and a stop does not wait for more. */
async function writeContent(
  work: Work,
  chunks: Iterable<Chunk>,
  advance: Advance,
): Promise<Result<void>> {
  const written = await runLanes(work.writeLanes, chunks, work.signal, async (chunk, lane) => {
    const filled = await fillChunk(chunk, lane);
    if (!filled.ok) return filled;
    const buffer = lane.buffer.subarray(0, chunk.lengthBytes);
    const done = await work.drive.write(buffer, chunk.offsetBytes);
    if (!done.ok) return done;
    advance(chunk.lengthBytes);
    return ok(undefined);
  });
  return written.ok && !work.signal.aborted ? work.drive.flush() : written;
}

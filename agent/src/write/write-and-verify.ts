/**
 * The way of every stick up to its seal: erase its ends, write all content in device order, look that zeros are zero,
 * read everything back past every cache.
 *
 * Zeros are looked at after all content was written and before it is read back. A fake stick whose addresses wrap around
 * then either still shows the wrapped content when it is read back, or lost it to the zeros: both are mismatches.
 */
import { SEAL_BYTES } from "@stickfarm/common/layout/extent";
import { ok, type Result } from "@stickfarm/common/result";
import { checkZeros, type ZeroCheck } from "./check-zeros.ts";
import { eraseEnds } from "./erase-ends.ts";
import { fillChunk } from "./fill-chunk.ts";
import { type Chunk, sumBytes, zeroChunk } from "./plan-chunks.ts";
import type { WritePlan } from "./plan-write.ts";
import { runLanes } from "./run-lanes.ts";
import { verifyChunk } from "./verify-chunk.ts";
import type { Advance, Work } from "./work.ts";
import type { WriteEvidence, WriterPhase } from "./writer-protocol.ts";

export type WriteHooks = {
  /** Called as each phase begins; what it gives is told of the bytes that are done. */
  readonly onPhase: (phase: WriterPhase, totalBytes: number) => Advance;
  /** A clock that never steps, in milliseconds. */
  readonly nowMs: () => number;
};

/**
 * Carry out a plan but for its seal: afterwards everything is on the drive and proven, and the drive does not boot.
 *
 * Gives `null` when the signal ended it early.
 *
 * Problems: those of the drive; cache_corrupt; verify_mismatch.
 */
export async function writeAndVerify(
  work: Work,
  plan: WritePlan,
  hooks: WriteHooks,
): Promise<Result<WriteEvidence | null>> {
  const startedAtMs = hooks.nowMs();
  const written = await writeAll(work, plan, hooks);
  if (!written.ok) return written;
  const writtenAtMs = hooks.nowMs();
  const { alreadyZeroBytes, rewritten } = written.value;
  const writtenBytes = plan.contentBytes + sumBytes(rewritten);
  const advance = hooks.onPhase("verify", writtenBytes);
  for (const chunks of [plan.content(), rewritten, [stillErased(plan)]]) {
    const verified = await verifyAll(work, chunks, advance);
    if (!verified.ok) return verified;
  }
  if (work.signal.aborted) return ok(null);
  const verifiedAtMs = hooks.nowMs();
  return ok({
    writtenBytes,
    verifiedBytes: writtenBytes + alreadyZeroBytes,
    alreadyZeroBytes,
    writeMs: Math.round(writtenAtMs - startedAtMs),
    verifyMs: Math.round(verifiedAtMs - writtenAtMs),
    totalMs: Math.round(verifiedAtMs - startedAtMs),
  });
}

/**
 * What waits for the seal is still zero. If it is not, a write to a far address has landed here, and the seal would in
 * turn destroy what was just verified there.
 */
function stillErased({ geometry }: WritePlan): Chunk {
  return zeroChunk(0, Math.min(SEAL_BYTES, geometry.sizeBytes));
}

async function writeAll(
  work: Work,
  plan: WritePlan,
  hooks: WriteHooks,
): Promise<Result<ZeroCheck>> {
  hooks.onPhase("erase", 2 * SEAL_BYTES);
  const erased = await eraseEnds(work, plan.geometry);
  if (!erased.ok) return erased;
  const advance = hooks.onPhase("write", plan.contentBytes + plan.zeroBytes);
  const written = await writeContent(work, plan.content(), advance);
  if (!written.ok) return written;
  const checked = await checkZeros(work, plan.zeros(), advance);
  if (!checked.ok || checked.value.rewritten.length === 0) return checked;
  const flushed = await work.drive.flush();
  return flushed.ok ? checked : flushed;
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

function verifyAll(work: Work, chunks: Iterable<Chunk>, advance: Advance): Promise<Result<void>> {
  return runLanes(work.lanes, chunks, work.signal, async (chunk, lane) => {
    const buffer = lane.buffer.subarray(0, chunk.lengthBytes);
    const read = await work.drive.read(buffer, chunk.offsetBytes);
    if (!read.ok) return read;
    const verified = await verifyChunk(work, chunk, lane);
    if (verified.ok) advance(chunk.lengthBytes);
    return verified;
  });
}

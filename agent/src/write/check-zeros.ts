import { ok, type Result } from "@stickfarm/common/result";
import { type Chunk, zeroChunk } from "./plan-chunks.ts";
import { runLanes } from "./run-lanes.ts";
import type { Advance, Lane, Work } from "./work.ts";

export type ZeroCheck = {
  readonly alreadyZeroBytes: number;
  /** What had to be written; it is yet to be verified. */
  readonly rewritten: readonly Chunk[];
};

/** What is not zero is found in steps of this length, and written in one go from the first to the last. */
const STEP_BYTES = 64 * 1024;

/**
 * Read ranges that shall be zero, then write zeros only where something else stood, or where nothing could be read.
 *
 * Problems: those of the drive but for a failed read.
 */
export async function checkZeros(
  work: Work,
  chunks: Iterable<Chunk>,
  advance: Advance,
): Promise<Result<ZeroCheck>> {
  const rewritten: Chunk[] = [];
  let alreadyZeroBytes = 0;
  const checked = await runLanes(work.lanes, chunks, work.signal, async (chunk, lane) => {
    const { offsetBytes, lengthBytes } = chunk;
    const read = await work.drive.read(lane.buffer.subarray(0, lengthBytes), offsetBytes);
    if (!read.ok && read.problem.code !== "read_failed") return read;
    const dirty = read.ok ? dirtyRange(work, lane, lengthBytes) : { from: 0, to: lengthBytes };
    const zeroBytes = lengthBytes - (dirty.to - dirty.from);
    if (zeroBytes < lengthBytes) {
      rewritten.push(zeroChunk(offsetBytes + dirty.from, dirty.to - dirty.from));
    }
    alreadyZeroBytes += zeroBytes;
    advance(zeroBytes);
    return ok(undefined);
  });
  if (!checked.ok) return checked;
  const written = await writeZeros(work, rewritten, advance);
  return written.ok ? ok({ alreadyZeroBytes, rewritten }) : written;
}

function writeZeros(work: Work, chunks: readonly Chunk[], advance: Advance): Promise<Result<void>> {
  for (const lane of work.writeLanes) lane.buffer.fill(0);
  return runLanes(work.writeLanes, chunks, work.signal, async (chunk, lane) => {
    const zeros = lane.buffer.subarray(0, chunk.lengthBytes);
    const written = await work.drive.write(zeros, chunk.offsetBytes);
    if (written.ok) advance(chunk.lengthBytes);
    return written;
  });
}

/** Empty when all is zero. */
function dirtyRange(
  { xxh64 }: Work,
  lane: Lane,
  lengthBytes: number,
): { readonly from: number; readonly to: number } {
  if (xxh64.isZero(lane.at, lengthBytes)) return { from: 0, to: 0 };
  let from = lengthBytes;
  let to = 0;
  for (let at = 0; at < lengthBytes; at += STEP_BYTES) {
    const stepBytes = Math.min(STEP_BYTES, lengthBytes - at);
    if (xxh64.isZero(lane.at + at, stepBytes)) continue;
    from = Math.min(from, at);
    to = at + stepBytes;
  }
  return { from, to };
}

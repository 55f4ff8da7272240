import { fail, ok, type Result } from "@stickfarm/common/result";
import type { Chunk } from "./plan-chunks.ts";
import { runLanes } from "./run-lanes.ts";
import { addFault, type Fault, verifyChunk } from "./verify-chunk.ts";
import type { Advance, Lane, Work } from "./work.ts";

/**
 * More than so many ranges, or bytes of them, are a stick that is dying, or one that is not what it claims: it is not
 * worth the time that a repair takes.
 */
const FAULTS_MAX = 16;
const FAULT_BYTES_MAX = 8 * 1024 * 1024;

/**
 * Read chunks back past every cache, compare them with what they shall be, and list what is not.
 *
 * Shape:    of what cannot be read in one go, each segment is read by itself: one bad block hurts its own segment only.
 * Problems: those of the drive but for a failed read; cache_corrupt; the first fault's, when there are too many.
 */
export async function findFaults(
  work: Work,
  chunks: Iterable<Chunk>,
  advance: Advance,
): Promise<Result<readonly Fault[]>> {
  const faults: Fault[] = [];
  const read = await runLanes(work.lanes, chunks, work.signal, async (chunk, lane) => {
    const found = await readBack(work, chunk, lane);
    if (!found.ok) return found;
    faults.push(...found.value);
    advance(chunk.lengthBytes);
    const [first] = faults;
    return first !== undefined && areTooMany(faults) ? fail(first.problem) : ok(undefined);
  });
  return read.ok ? ok(faults) : read;
}

function areTooMany(faults: readonly Fault[]): boolean {
  const bytes = faults.reduce((sum, { chunk }) => sum + chunk.lengthBytes, 0);
  return faults.length > FAULTS_MAX || bytes > FAULT_BYTES_MAX;
}

async function readBack(work: Work, chunk: Chunk, lane: Lane): Promise<Result<readonly Fault[]>> {
  const read = await work.drive.read(lane.buffer.subarray(0, chunk.lengthBytes), chunk.offsetBytes);
  if (read.ok) return verifyChunk(work, chunk, lane);
  return read.problem.code === "read_failed" ? readSegments(work, chunk, lane) : read;
}

async function readSegments(
  work: Work,
  chunk: Chunk,
  lane: Lane,
): Promise<Result<readonly Fault[]>> {
  const faults: Fault[] = [];
  for (const segment of chunk.segments) {
    const { offsetBytes, lengthBytes } = segment;
    const room = lane.buffer.subarray(0, lengthBytes);
    const read = await work.drive.read(room, offsetBytes);
    if (!read.ok && read.problem.code !== "read_failed") return read;
    if (!read.ok) {
      addFault(faults, segment, read.problem);
      continue;
    }
    const alone = { offsetBytes, lengthBytes, segments: [segment] };
    const verified = await verifyChunk(work, alone, lane);
    if (!verified.ok) return verified;
    for (const { problem } of verified.value) addFault(faults, segment, problem);
  }
  return ok(faults);
}

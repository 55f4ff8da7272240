import { ok, type Result } from "@stickfarm/common/result";
import type { Chunk } from "../plan-chunks.ts";
import type { WritePlan } from "../plan-write.ts";
import { runLanes } from "../run-lanes.ts";
import type { Segment } from "../split-extents.ts";
import { isAsPlanned } from "../verify-chunk.ts";
import type { Work } from "../work.ts";
import { finely } from "./drive-ranges.ts";

/** Whether a piece of content is on the drive already. */
export type Sample = { readonly offsetBytes: number; readonly isSame: boolean };

const SAMPLES_MAX = 32;
/** A sample reads at most 256 KiB of each stretch of this length: a sixteenth of what comparing all of it would read. */
const STRETCH_MIN_BYTES = 4 * 1024 * 1024;

/**
 * Compare a few pieces of the content, one at random in each of as many stretches of equal length.
 *
 * Problems: those of the drive but for a failed read, which makes a sample that is not the same.
 */
export async function sampleContent(
  work: Work,
  plan: WritePlan,
  random: () => number,
): Promise<Result<readonly Sample[]>> {
  const samples: Sample[] = [];
  const places = pickPlaces(plan.contentBytes, random);
  const picked = pickSegments(plan.content(), places);
  const read = await runLanes(work.lanes, picked, work.signal, async (segment, lane) => {
    const { offsetBytes, lengthBytes } = segment;
    const came = await work.drive.read(lane.buffer.subarray(0, lengthBytes), offsetBytes);
    if (!came.ok && came.problem.code !== "read_failed") return came;
    samples.push({ offsetBytes, isSame: came.ok && isAsPlanned(work, segment, lane.at) });
    return ok(undefined);
  });
  return read.ok ? ok(samples) : read;
}

/** Places in the content, as if its chunks lay side by side. */
export function pickPlaces(contentBytes: number, random: () => number): readonly number[] {
  const count = Math.min(SAMPLES_MAX, Math.floor(contentBytes / STRETCH_MIN_BYTES));
  const stretchBytes = contentBytes / Math.max(1, count);
  return Array.from({ length: count }, (_, index) =>
    Math.min(contentBytes - 1, Math.floor((index + random()) * stretchBytes)),
  );
}

/** The segments that hold the places, each once. */
export function* pickSegments(
  chunks: Iterable<Chunk>,
  places: readonly number[],
): Generator<Segment> {
  let index = 0;
  let passedBytes = 0;
  for (const segment of finely(chunks)) {
    if (index === places.length) return;
    passedBytes += segment.lengthBytes;
    const before = index;
    while ((places[index] ?? Number.POSITIVE_INFINITY) < passedBytes) index += 1;
    if (index > before) yield segment;
  }
}

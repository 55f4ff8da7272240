import { type Chunk, cutBytes } from "../plan-chunks.ts";
import type { Segment } from "../split-extents.ts";

export type DriveRange = { readonly offsetBytes: number; readonly lengthBytes: number };

/** What is written where it differs: a piece, as it has one hash, or so much of the layout's own bytes. */
const FINE_BYTES = 64 * 1024;

/** The segments of chunks, as finely as they are compared. */
export function* finely(chunks: Iterable<Chunk>): Generator<Segment> {
  for (const { segments } of chunks) {
    for (const segment of segments) yield* cutBytes(segment, FINE_BYTES);
  }
}

/** Add a range that lies behind all others. */
export function addRange(ranges: DriveRange[], next: DriveRange): void {
  const last = ranges.at(-1);
  if (last === undefined || endOf(last) !== next.offsetBytes) {
    const { offsetBytes, lengthBytes } = next;
    ranges.push({ offsetBytes, lengthBytes });
    return;
  }
  const { offsetBytes } = last;
  ranges[ranges.length - 1] = { offsetBytes, lengthBytes: endOf(next) - offsetBytes };
}

/** Those of the segments that begin in one of the ranges; both are in device order. */
export function* segmentsWithin(
  segments: Iterable<Segment>,
  ranges: readonly DriveRange[],
): Generator<Segment> {
  let index = 0;
  for (const segment of segments) {
    let range = ranges[index];
    while (range !== undefined && endOf(range) <= segment.offsetBytes) {
      index += 1;
      range = ranges[index];
    }
    if (range === undefined) return;
    if (range.offsetBytes <= segment.offsetBytes) yield segment;
  }
}

export function endOf({ offsetBytes, lengthBytes }: DriveRange): number {
  return offsetBytes + lengthBytes;
}

import { CHUNK_BYTES } from "../work.ts";

/**
 * How much is asked of a drive at once. What is in flight shall be through in half a second: then a stop is answered, and
 * silence means something, on a stick of 64 KiB/s as on a disk of 1 GB/s. Above 8 MiB/s everything goes in whole chunks, and
 * above 16 MiB/s several are in flight; below, one call follows the other in device order, because what does not wait gains
 * nothing there and cheap flash suffers from writes in two places.
 */
export type Pace = {
  /** Of each call; a power of two. */
  readonly strideBytes: number;
  /** What recent calls moved and took; each call halves the weight of those before it. */
  readonly movedBytes: number;
  readonly busyMs: number;
};

/** One call that has ended, or several that ended together. */
export type Call = {
  readonly bytes: number;
  /** Since it began, or since the call before it ended: a drive does one thing at a time. */
  readonly ms: number;
};

const STRIDE_MIN_BYTES = 16 * 1024;
const STRIDE_MS = 250;
const IN_FLIGHT_MS = 500;

/** A second at 64 KiB/s. */
export const FIRST_PACE: Pace = { strideBytes: 64 * 1024, movedBytes: 0, busyMs: 0 };

/** Twice the stride at most: what came from a cache says little about the next call. */
export function learnPace(pace: Pace, { bytes, ms }: Call): Pace {
  const movedBytes = pace.movedBytes / 2 + bytes;
  const busyMs = pace.busyMs / 2 + ms;
  const wantedBytes = Math.min(
    pace.strideBytes * 2,
    CHUNK_BYTES,
    bytesIn(STRIDE_MS, { movedBytes, busyMs }),
  );
  let strideBytes = STRIDE_MIN_BYTES;
  while (strideBytes * 2 <= wantedBytes) strideBytes *= 2;
  return { strideBytes, movedBytes, busyMs };
}

/** How many calls may be in flight. */
export function callsInFlight(pace: Pace, callsMax: number): number {
  if (pace.strideBytes < CHUNK_BYTES) return 1;
  const calls = Math.floor(bytesIn(IN_FLIGHT_MS, pace) / CHUNK_BYTES);
  return Math.max(1, Math.min(calls, callsMax));
}

function bytesIn(ms: number, { movedBytes, busyMs }: Pick<Pace, "movedBytes" | "busyMs">): number {
  return busyMs <= 0 ? Number.MAX_SAFE_INTEGER : (movedBytes * ms) / busyMs;
}

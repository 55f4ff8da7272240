/** Shorter runs of zeros are not worth a hole. */
const UNIT_BYTES = 64 * 1024;

export type Run = readonly [startByte: number, endByte: number];

/**
 * The parts of some bytes that must be written where what is not written reads as zero. Looked at in units of 64 KiB;
 * neighbours are one run, so that bytes without zeros are written in one piece.
 */
export function listNonZeroRuns(bytes: Uint8Array): readonly Run[] {
  const runs: [number, number][] = [];
  for (let start = 0; start < bytes.length; start += UNIT_BYTES) {
    const end = Math.min(start + UNIT_BYTES, bytes.length);
    const last = runs.at(-1);
    if (isZero(bytes.subarray(start, end))) continue;
    if (last !== undefined && last[1] === start) last[1] = end;
    else runs.push([start, end]);
  }
  return runs;
}

/** Zero first, and each byte like the one before it: two views of the same memory are compared at its speed. */
function isZero(bytes: Uint8Array): boolean {
  return bytes[0] === 0 && Buffer.compare(bytes.subarray(1), bytes.subarray(0, -1)) === 0;
}

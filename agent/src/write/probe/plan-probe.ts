import { MIB } from "@stickfarm/common/bytes";
import { SEAL_BYTES } from "@stickfarm/common/layout/extent";
import { PROBE_BLOCK_BYTES } from "./probe-block.ts";

/**
 * Where a capacity probe writes. It finds every stick whose addresses are taken modulo some number, or lost from some
 * place on, by this: single blocks lie every `step` bytes, and the *run*, which is longer than a step, is written whole
 * at the end of the drive. Taken modulo anything, the run covers one of the single blocks, or what was erased.
 *
 * The run comes last and also pushes those blocks out of a stick's cache, which would show what its memory never kept.
 * So a cache is seen through up to `step` bytes: a 64th of the drive, 256 MiB at most, the largest that f3 has met. At
 * 20 MB/s that takes 15 s. What a probe may miss: a larger cache; a drive that loses less than two steps, behind a cache
 * of that order; single bad places. Reading all content back finds them where content lies, a surface check everywhere.
 *
 * Source: f3 10 src/libprobe.c and its fake drives; Esdex/Arcanum issue 132 for why blocks at even distances alone miss
 * wrapped addresses.
 */
export type ProbePlan = {
  /** Offsets of single blocks, from the last to the first: a stick's cache then holds the low ones, which are true. */
  readonly singles: readonly number[];
  /** From here to the end of the drive. */
  readonly runFromBytes: number;
  /** Offsets to be read, in an order that no cache for sequential reading helps. */
  readonly reads: readonly number[];
};

const STEP_BYTES_MAX = 256 * MIB;
/** More than the gap between the last single block, over the end and the erased beginning, to the first. */
const RUN_MORE_BYTES = 2 * MIB;
const RANDOM_SINGLES = 64;
const RUN_READS = 128;

/** Shape: nothing in the first MiB, which stays zero. Empty for a drive that has no more than that. */
export function planProbe(sizeBytes: number, random: () => number): ProbePlan {
  const stepBytes = stepOf(sizeBytes);
  const roomBytes = Math.max(0, sizeBytes - SEAL_BYTES);
  const runBytes = alignDown(Math.min(stepBytes + RUN_MORE_BYTES, roomBytes));
  const runFromBytes = sizeBytes - runBytes;
  const isFree = (at: number): boolean =>
    at >= SEAL_BYTES && at + PROBE_BLOCK_BYTES <= runFromBytes;
  const anywhere = (): number => alignDown(random() * runFromBytes);
  const wishes = [
    ...steps(stepBytes, runFromBytes),
    ...folds(sizeBytes),
    ...Array.from({ length: RANDOM_SINGLES }, anywhere),
  ];
  const singles = [...new Set(wishes.filter(isFree))].sort((left, right) => right - left);
  const runReads = runBytes === 0 ? [] : sampleRun(runFromBytes, sizeBytes, random);
  return { singles, runFromBytes, reads: shuffle([...singles, ...runReads], random) };
}

/** A power of two, so that an address line that is not connected makes two single blocks one. */
function stepOf(sizeBytes: number): number {
  const step = 2 ** Math.floor(Math.log2(Math.max(1, sizeBytes / 64)));
  return Math.min(STEP_BYTES_MAX, Math.max(MIB, step));
}

function* steps(stepBytes: number, endBytes: number): Generator<number> {
  for (let at = SEAL_BYTES; at < endBytes; at += stepBytes) yield at;
}

/** Around the powers of two, where sticks that tell the truth about no more than that end. */
function* folds(sizeBytes: number): Generator<number> {
  for (let fold = MIB; fold < sizeBytes; fold *= 2) {
    yield fold;
    yield fold - PROBE_BLOCK_BYTES;
    yield alignDown(sizeBytes - fold);
  }
}

function sampleRun(fromBytes: number, toBytes: number, random: () => number): readonly number[] {
  const blocks = (toBytes - fromBytes) / PROBE_BLOCK_BYTES;
  const picked = new Set([0, blocks - 1]);
  for (let pick = 0; pick < RUN_READS; pick += 1) picked.add(Math.floor(random() * blocks));
  return [...picked].map((block) => fromBytes + block * PROBE_BLOCK_BYTES);
}

/** Source: Fisher and Yates. */
function shuffle(offsets: number[], random: () => number): readonly number[] {
  for (let last = offsets.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [offsets[last], offsets[other]] = [offsets[other]!, offsets[last]!]; // Both below length.
  }
  return offsets;
}

function alignDown(bytes: number): number {
  return Math.floor(bytes / PROBE_BLOCK_BYTES) * PROBE_BLOCK_BYTES;
}

/**
 * Whether it pays to go on reading what an old stick holds, or writing the rest without looking is done sooner.
 *
 * With a stick that writes W and reads R bytes a second, a byte that is written without looking costs 1/W + 1/R. One that
 * is compared costs 1/R, 1/W more if it differs, and 1/R for being read back: if it differs, or always, as the proof asks.
 * So comparing pays up to this fraction of changed bytes:
 *
 *   proof "compared"    1 - W / (W + R)      0.80 for W = R/4
 *   proof "read-back"   1 - W / R            0.75
 *
 * What counts is the fraction of what lies ahead; what was read has been paid for. A few samples tell of it, and so does
 * what was compared so far, as if it were a few samples more: its share grows as the samples ahead become fewer.
 */
import type { WriteProof } from "@stickfarm/common/build/write-policy";

/** What went through, and how long that took. */
export type Transfer = { readonly bytes: number; readonly ms: number };

export type Tally = { readonly same: number; readonly other: number };

export type Observed = {
  readonly proof: WriteProof;
  readonly read: Transfer;
  /** Flushed. */
  readonly written: Transfer;
  /** Compared so far, in bytes. */
  readonly behind: Tally;
  /** Samples of what was not compared yet. */
  readonly ahead: Tally;
};

/** A stick whose speeds are not known yet reads four times as fast as it writes: cheap USB 3 sticks, 20 and 80 MB/s. */
const ASSUMED_RATIO = 1 / 4;
/** Less than this says more of a stick's cache than of its speed. */
const MEASURED_MIN_BYTES = 16 * 1024 * 1024;
/** Less than this is the beginning of a file system, which differs more often than files do. */
const BEHIND_MIN_BYTES = 32 * 1024 * 1024;
const BEHIND_WEIGHT = 4;

export function paysToCompare({ proof, read, written, behind, ahead }: Observed): boolean {
  return changedAhead(behind, ahead) <= breakEven(speedRatio(read, written), proof);
}

/** `ratio` is W/R. */
export function breakEven(ratio: number, proof: WriteProof): number {
  return proof === "compared" ? 1 - ratio / (ratio + 1) : 1 - ratio;
}

function speedRatio(read: Transfer, written: Transfer): number {
  const isMeasured = ({ bytes, ms }: Transfer): boolean => bytes >= MEASURED_MIN_BYTES && ms > 0;
  if (!isMeasured(read) || !isMeasured(written)) return ASSUMED_RATIO;
  return written.bytes / written.ms / (read.bytes / read.ms);
}

/** The fraction of the rest that is expected to differ; none while nothing is known. */
function changedAhead(behind: Tally, ahead: Tally): number {
  const behindBytes = behind.same + behind.other;
  const weight = behindBytes < BEHIND_MIN_BYTES ? 0 : BEHIND_WEIGHT;
  const count = ahead.same + ahead.other + weight;
  if (count === 0) return 0;
  return (ahead.other + (weight === 0 ? 0 : (weight * behind.other) / behindBytes)) / count;
}

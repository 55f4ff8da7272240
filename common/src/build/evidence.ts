import type { CapacityCheck } from "./write-policy.ts";

/** What an attempt did to its drive, measured by the agent. */
export type Evidence = {
  readonly manifestSha256: string;
  /** Padding included. */
  readonly writtenBytes: number;
  /** Read back from the drive and found equal. */
  readonly verifiedBytes: number;
  /** Of `verifiedBytes`: zero content that was zero already and was not written. */
  readonly alreadyZeroBytes: number;
  /** Content that was on the drive already: a comparing read found it, and it was not written. */
  readonly comparedBytes: number;
  /** Ranges that were not what was written, and were after they had been written again. */
  readonly repairedRanges: number;
  readonly repairedBytes: number;
  /** What the drive was put through before it was written. */
  readonly capacity: CapacityCheck;
  readonly writeMs: number;
  readonly verifyMs: number;
  /** From claim to seal. */
  readonly totalMs: number;
};

export const NO_EVIDENCE: Omit<Evidence, "manifestSha256"> = {
  writtenBytes: 0,
  verifiedBytes: 0,
  alreadyZeroBytes: 0,
  comparedBytes: 0,
  repairedRanges: 0,
  repairedBytes: 0,
  capacity: "none",
  writeMs: 0,
  verifyMs: 0,
  totalMs: 0,
};

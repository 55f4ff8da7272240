/** What an attempt did to its drive, measured by the agent. */
export type Evidence = {
  readonly manifestSha256: string;
  /** Padding included. */
  readonly writtenBytes: number;
  /** Read back from the drive and found equal. */
  readonly verifiedBytes: number;
  /** Of `verifiedBytes`: zero content that was zero already and was not written. */
  readonly alreadyZeroBytes: number;
  readonly writeMs: number;
  readonly verifyMs: number;
  /** From claim to seal. */
  readonly totalMs: number;
};

export const NO_EVIDENCE: Omit<Evidence, "manifestSha256"> = {
  writtenBytes: 0,
  verifiedBytes: 0,
  alreadyZeroBytes: 0,
  writeMs: 0,
  verifyMs: 0,
  totalMs: 0,
};

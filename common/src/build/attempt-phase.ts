/** What an agent does for an attempt, in the order in which it happens. From `erase` on the stick is dirty. */
export const ATTEMPT_PHASES = [
  "accepted",
  "fetch",
  "claim",
  "erase",
  "probe",
  "compare",
  "write",
  "verify",
  "seal",
  "ended",
] as const;
export type AttemptPhase = (typeof ATTEMPT_PHASES)[number];

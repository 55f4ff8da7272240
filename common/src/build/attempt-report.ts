import type { Evidence } from "./evidence.ts";
import type { AttemptOutcome } from "./job-state.ts";

/** What an attempt came to. Kept in the agent's journal and sent until it is acknowledged. */
export type AttemptReport = {
  readonly jobId: string;
  readonly attempt: number;
  readonly fence: number;
  readonly outcome: AttemptOutcome;
  readonly evidence: Evidence;
};

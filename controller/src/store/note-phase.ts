import type { AttemptPhase } from "@stickfarm/common/build/attempt-phase";
import type { JobTurn } from "@stickfarm/common/build/build-log";
import type { Problem } from "@stickfarm/common/problem";
import { appendLog, findLoggedDrive } from "./build-log.ts";
import type { Tx } from "./db.ts";

/** A phase of an attempt, as an agent told it. */
export type ToldPhase = {
  readonly agent: string;
  readonly jobId: string;
  readonly attempt: number;
  readonly fence: number;
  readonly phase: AttemptPhase;
  /** What came up in it, or that it was reached. */
  readonly warning: Problem | null;
};

/** Write it in the log: once, whatever is told again, and only of an attempt that this agent was given. */
export async function notePhase(tx: Tx, told: ToldPhase, nowMs: number): Promise<void> {
  const { agent, jobId, attempt, fence, phase, warning } = told;
  const [row] = await tx.all(
    "SELECT 1 FROM attempts WHERE job_id = ? AND attempt = ? AND fence = ?",
    [jobId, attempt, fence],
  );
  const known = await findLoggedDrive(tx, jobId);
  if (row === undefined || known?.drive.agent !== agent) return;
  const turn: JobTurn =
    warning === null
      ? { kind: "phase", attempt, phase }
      : { kind: "warned", attempt, problem: warning };
  const event = { kind: "job", drive: known.drive, turn } as const;
  const onceKey = `${jobId}/${attempt}/${warning === null ? phase : `warned/${warning.detail}`}`;
  await appendLog(tx, { buildId: known.buildId, event, onceKey }, nowMs);
}

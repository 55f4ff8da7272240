import type { AttemptPhase } from "@stickfarm/common/build/attempt-phase";
import { appendLog, findLoggedDrive } from "./build-log.ts";
import type { Tx } from "./db.ts";

/** A phase of an attempt, as an agent told it. */
export type ToldPhase = {
  readonly agent: string;
  readonly jobId: string;
  readonly attempt: number;
  readonly fence: number;
  readonly phase: AttemptPhase;
};

/** Write it in the log: once, and only of an attempt that this agent was given. */
export async function notePhase(tx: Tx, told: ToldPhase, nowMs: number): Promise<void> {
  const { agent, jobId, attempt, fence, phase } = told;
  const [row] = await tx.all(
    "SELECT 1 FROM attempts WHERE job_id = ? AND attempt = ? AND fence = ?",
    [jobId, attempt, fence],
  );
  const known = await findLoggedDrive(tx, jobId);
  if (row === undefined || known?.drive.agent !== agent) return;
  const turn = { kind: "phase", attempt, phase } as const;
  const event = { kind: "job", drive: known.drive, turn } as const;
  const onceKey = `${jobId}/${attempt}/${phase}`;
  await appendLog(tx, { buildId: known.buildId, event, onceKey }, nowMs);
}

import type { AttemptEntry } from "./build-entries.ts";
import { appendLog, findLoggedDrive } from "./build-log.ts";
import { changeJob } from "./change-job.ts";
import { nextNumber } from "./counters.ts";
import type { Tx } from "./db.ts";

export type NewAttempt = Pick<AttemptEntry, "jobId" | "attempt" | "policy"> & {
  /** What differs from stick to stick, by the attempt's fence. */
  readonly stamp: (
    fence: number,
  ) => Pick<AttemptEntry, "stickId" | "passport" | "passportSignature">;
};

/** Takes the next fence and stores the attempt with it, or gives null when the job is no longer pending. */
export async function assignJob(
  tx: Tx,
  { jobId, attempt, policy, stamp }: NewAttempt,
  nowMs: number,
): Promise<AttemptEntry | null> {
  const fence = await nextNumber(tx, "fence");
  if (!(await changeJob(tx, jobId, { kind: "assigned", attempt, fence }, nowMs))) return null;
  const entry = { jobId, attempt, fence, policy, assignedAtMs: nowMs, ...stamp(fence) };
  await tx.run("INSERT INTO attempts VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?)", [
    jobId,
    attempt,
    fence,
    entry.stickId,
    entry.passport,
    entry.passportSignature,
    nowMs,
    JSON.stringify(policy),
  ]);
  const known = await findLoggedDrive(tx, jobId);
  if (known !== null) {
    const turn = { kind: "assigned", attempt, fence, policy } as const;
    const event = { kind: "job", drive: known.drive, turn } as const;
    await appendLog(tx, { buildId: known.buildId, event }, nowMs);
  }
  return entry;
}

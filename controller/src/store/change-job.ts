import { deriveBuildState } from "@stickfarm/common/build/build-state";
import { applyJobEvent, type JobEvent, type JobState } from "@stickfarm/common/build/job-state";
import type { Tx } from "./db.ts";
import { json, text } from "./row.ts";

/** The one statement that changes a job; ends its build when it was the last. True: the event changed something. */
export async function changeJob(
  tx: Tx,
  jobId: string,
  event: JobEvent,
  nowMs: number,
): Promise<boolean> {
  const [row] = await tx.all("SELECT build_id, state FROM jobs WHERE job_id = ?", [jobId]);
  if (row === undefined) return false;
  const state = json<JobState>(row, "state");
  const next = applyJobEvent(state, event);
  if (next === state) return false;
  await tx.run("UPDATE jobs SET kind = ?, state = ? WHERE job_id = ?", [
    next.kind,
    JSON.stringify(next),
    jobId,
  ]);
  const buildId = text(row, "build_id");
  const rows = await tx.all("SELECT state FROM jobs WHERE build_id = ?", [buildId]);
  if (deriveBuildState(rows.map((one) => json<JobState>(one, "state"))) !== "running")
    await tx.run("UPDATE builds SET ended_at_ms = ? WHERE build_id = ?", [nowMs, buildId]);
  return true;
}

/** The build whose open job holds this drive, or null. */
export async function findHolder(tx: Tx, agent: string, driveId: string): Promise<string | null> {
  const [row] = await tx.all(
    `SELECT build_id FROM jobs WHERE agent = ? AND drive_id = ?
     AND kind IN ('pending', 'assigned', 'running')`,
    [agent, driveId],
  );
  return row === undefined ? null : text(row, "build_id");
}

import type { JobTurn } from "@stickfarm/common/build/build-log";
import { deriveBuildState } from "@stickfarm/common/build/build-state";
import { applyJobEvent, type JobEvent, type JobState } from "@stickfarm/common/build/job-state";
import { appendLog, findLoggedDrive } from "./build-log.ts";
import type { Tx } from "./db.ts";
import { json, text } from "./row.ts";

/** The one statement that changes a job, with its line in the log; ends its build when it was the last. True: the event changed something. */
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
  await logTurn(tx, jobId, event, nowMs);
  const buildId = text(row, "build_id");
  const rows = await tx.all("SELECT state FROM jobs WHERE build_id = ?", [buildId]);
  const buildState = deriveBuildState(rows.map((one) => json<JobState>(one, "state")));
  if (buildState === "running") return true;
  await tx.run("UPDATE builds SET ended_at_ms = ? WHERE build_id = ?", [nowMs, buildId]);
  await appendLog(tx, { buildId, event: { kind: "ended", state: buildState } }, nowMs);
  return true;
}

/**
 * An attempt is logged where it is given out, with what it was given; how it has ended where that is recorded, also when
 * it changes no job any more.
 */
async function logTurn(tx: Tx, jobId: string, event: JobEvent, nowMs: number): Promise<void> {
  const known = await findLoggedDrive(tx, jobId);
  const turn = turnOf(event);
  if (known === null || turn === null) return;
  const { buildId, drive } = known;
  await appendLog(tx, { buildId, event: { kind: "job", drive, turn } }, nowMs);
}

function turnOf(event: JobEvent): JobTurn | null {
  switch (event.kind) {
    case "lease_granted": {
      const { attempt, fence } = event;
      return { kind: "leaseGranted", attempt, fence };
    }
    case "refused": {
      const { code, detail } = event.problem;
      return { kind: "refused", problem: { code, detail } };
    }
    case "withdrawn":
    case "retried":
      return { kind: event.kind };
    case "assigned":
    case "ended":
      return null;
  }
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

import { fail, ok, type Result } from "@stickfarm/common/result";
import type { AttemptResult } from "./build-entries.ts";
import { appendLog, findLoggedDrive } from "./build-log.ts";
import { changeJob } from "./change-job.ts";
import type { Tx } from "./db.ts";
import { integer, text } from "./row.ts";

/**
 * Store what an attempt came to: exactly once. A late or stale report is stored and changes no job.
 *
 * Problems: attempt_unknown, fence_stale, result_conflict.
 */
export async function recordResult(
  tx: Tx,
  result: AttemptResult,
  nowMs: number,
): Promise<Result<void>> {
  const problem = await whyNotRecordable(tx, result);
  if (problem === "repeated") return ok(undefined);
  if (problem !== null) return fail(problem);
  await tx.run("INSERT INTO results VALUES (?, ?, ?, ?, ?, ?)", [
    result.jobId,
    result.attempt,
    result.bodyHash,
    JSON.stringify(result.outcome),
    JSON.stringify(result.evidence),
    nowMs,
  ]);
  await logResult(tx, result, nowMs);
  await changeJob(tx, result.jobId, { kind: "ended", ...result, atMs: nowMs }, nowMs);
  return ok(undefined);
}

async function logResult(tx: Tx, result: AttemptResult, nowMs: number): Promise<void> {
  const known = await findLoggedDrive(tx, result.jobId);
  if (known === null) return;
  const { attempt, outcome, evidence } = result;
  const turn = { kind: "result", attempt, outcome, evidence } as const;
  const event = { kind: "job", drive: known.drive, turn } as const;
  await appendLog(tx, { buildId: known.buildId, event }, nowMs);
}

async function whyNotRecordable(tx: Tx, result: AttemptResult) {
  const { jobId, attempt, fence, bodyHash } = result;
  const [known] = await tx.all("SELECT fence FROM attempts WHERE job_id = ? AND attempt = ?", [
    jobId,
    attempt,
  ]);
  const name = `attempt ${attempt} of job "${jobId}"`;
  if (known === undefined)
    return {
      code: "attempt_unknown",
      detail: `Cannot record ${name}: it was never given out`,
    } as const;
  if (integer(known, "fence") !== fence)
    return {
      code: "fence_stale",
      detail: `Cannot record ${name}: its fence is ${integer(known, "fence")}, the report says ${fence}`,
    } as const;
  const [stored] = await tx.all("SELECT body_hash FROM results WHERE job_id = ? AND attempt = ?", [
    jobId,
    attempt,
  ]);
  if (stored === undefined) return null;
  if (text(stored, "body_hash") === bodyHash) return "repeated" as const;
  return {
    code: "result_conflict",
    detail: `Cannot record ${name}: another result of it is stored already`,
  } as const;
}

import type { BuildLogLine } from "@stickfarm/common/build/build-log";
import { whyConsentExpired } from "@stickfarm/common/build/consent-age";
import { type Evidence, NO_EVIDENCE } from "@stickfarm/common/build/evidence";
import type { JobEvent } from "@stickfarm/common/build/job-state";
import type { LoggedOrder } from "@stickfarm/common/build/logged-order";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { assignJob, type NewAttempt } from "./assign-job.ts";
import {
  type AttemptEntry,
  type AttemptResult,
  type BuildEntry,
  type JobEntry,
  type OpenAttempt,
  type OpenJob,
  parseAttempt,
  parseBuild,
  parseJob,
} from "./build-entries.ts";
import { appendLog, readLog } from "./build-log.ts";
import { changeJob, findHolder } from "./change-job.ts";
import { nextNumber } from "./counters.ts";
import type { Db } from "./db.ts";
import { insertBuild, type NewJob } from "./insert-build.ts";
import { notePhase, type ToldPhase } from "./note-phase.ts";
import { recordResult } from "./record-result.ts";
import { integer, json, text } from "./row.ts";

/** Builds, jobs, attempts and results. Each method is one transaction. */
export class BuildsStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /**
   * Store a build and its jobs, or give back the build that this request id has made before.
   *
   * Problems: request_id_reused, drive_busy (another open job holds one of the drives).
   */
  start(
    build: BuildEntry,
    jobs: readonly NewJob[],
    order: LoggedOrder,
  ): Promise<Result<{ readonly build: BuildEntry; readonly repeated: boolean }>> {
    return this.#db.transaction(async (tx) => {
      const [row] = await tx.all("SELECT * FROM builds WHERE request_id = ?", [build.requestId]);
      if (row !== undefined) return repeatBuild(parseBuild(row), build);
      for (const { agent, consent } of jobs) {
        const holder = await findHolder(tx, agent, consent.driveId);
        if (holder !== null)
          return fail({
            code: "drive_busy",
            detail: `Cannot build on drive "${consent.serial}" in bay "${agent}/${consent.bay}": build "${holder}" holds it`,
          });
      }
      await insertBuild(tx, build, { jobs, order });
      return ok({ build, repeated: false });
    });
  }

  /** `buildId` empty = the newest. */
  async find(buildId: string): Promise<BuildEntry | null> {
    const [row] =
      buildId === ""
        ? await this.#db.read(
            "SELECT * FROM builds ORDER BY created_at_ms DESC, build_id DESC LIMIT 1",
          )
        : await this.#db.read("SELECT * FROM builds WHERE build_id = ?", [buildId]);
    return row === undefined ? null : parseBuild(row);
  }

  async findByRequest(requestId: string): Promise<BuildEntry | null> {
    const [row] = await this.#db.read("SELECT * FROM builds WHERE request_id = ?", [requestId]);
    return row === undefined ? null : parseBuild(row);
  }

  /** Newest first. */
  async list(most: number): Promise<readonly BuildEntry[]> {
    const rows = await this.#db.read(
      "SELECT * FROM builds ORDER BY created_at_ms DESC, build_id DESC LIMIT ?",
      [most],
    );
    return rows.map(parseBuild);
  }

  async jobs(buildId: string): Promise<readonly JobEntry[]> {
    const rows = await this.#db.read("SELECT * FROM jobs WHERE build_id = ? ORDER BY position", [
      buildId,
    ]);
    return rows.map(parseJob);
  }

  /** Jobs that have not ended, oldest build first. */
  async openJobs(): Promise<readonly OpenJob[]> {
    const rows = await this.#db.read(
      `SELECT jobs.*, builds.cancel_requested FROM jobs JOIN builds USING (build_id)
       WHERE jobs.kind IN ('pending', 'assigned', 'running')
       ORDER BY builds.created_at_ms, build_id, position`,
    );
    return rows.map((row) => ({
      ...parseJob(row),
      cancelRequested: integer(row, "cancel_requested") === 1,
    }));
  }

  /** Attempts that were given to this agent and have not ended. */
  async openAttempts(agent: string): Promise<readonly OpenAttempt[]> {
    const open: OpenAttempt[] = [];
    for (const job of await this.openJobs()) {
      if (job.agent !== agent || job.state.kind === "pending") continue;
      const attempt = await this.attempt(job.jobId, job.state.attempt);
      const build = await this.find(job.buildId);
      if (attempt !== null && build !== null) open.push({ job, attempt, build });
    }
    return open;
  }

  /** The agent that a job was made for. */
  async agentOf(jobId: string): Promise<string | null> {
    const [row] = await this.#db.read("SELECT agent FROM jobs WHERE job_id = ?", [jobId]);
    return row === undefined ? null : text(row, "agent");
  }

  /** The number of the next message that tells an agent what is desired. */
  nextGeneration(): Promise<number> {
    return this.#db.transaction((tx) => nextNumber(tx, "generation"));
  }

  async attempt(jobId: string, attempt: number): Promise<AttemptEntry | null> {
    const [row] = await this.#db.read("SELECT * FROM attempts WHERE job_id = ? AND attempt = ?", [
      jobId,
      attempt,
    ]);
    return row === undefined ? null : parseAttempt(row);
  }

  /** What the agent measured; null before the report. */
  async evidence(jobId: string, attempt: number): Promise<Evidence | null> {
    const [row] = await this.#db.read(
      "SELECT evidence FROM results WHERE job_id = ? AND attempt = ?",
      [jobId, attempt],
    );
    return row === undefined ? null : { ...NO_EVIDENCE, ...json<Evidence>(row, "evidence") };
  }

  /** See `assignJob`. */
  assign(attempt: NewAttempt, nowMs: number): Promise<AttemptEntry | null> {
    return this.#db.transaction((tx) => assignJob(tx, attempt, nowMs));
  }

  /**
   * Permission to begin destroying: once per attempt, to one run of the agent that it was given to, and not when cancel
   * was asked for or the consent is too old. The same run may ask again, because the answer may have been lost.
   */
  grantLease(
    lease: { readonly jobId: string; readonly attempt: number; readonly fence: number },
    by: { readonly agent: string; readonly incarnation: string },
    nowMs: number,
  ): Promise<boolean> {
    return this.#db.transaction(async (tx) => {
      const [row] = await tx.all(
        `SELECT jobs.*, builds.cancel_requested, attempts.lease_incarnation
         FROM attempts JOIN jobs USING (job_id) JOIN builds USING (build_id)
         WHERE job_id = ? AND attempt = ? AND fence = ? AND agent = ?`,
        [lease.jobId, lease.attempt, lease.fence, by.agent],
      );
      if (row === undefined) return false;
      const job = parseJob(row);
      const { state } = job;
      if (state.kind === "running" && state.fence === lease.fence)
        return row["lease_incarnation"] === by.incarnation;
      if (state.kind !== "assigned" || integer(row, "cancel_requested") === 1) return false;
      if (whyConsentExpired(job, nowMs) !== null) return false;
      await tx.run("UPDATE attempts SET lease_incarnation = ? WHERE fence = ?", [
        by.incarnation,
        lease.fence,
      ]);
      return changeJob(tx, lease.jobId, { kind: "lease_granted", ...lease }, nowMs);
    });
  }

  /** See `notePhase`. */
  notePhase(told: ToldPhase, nowMs: number): Promise<void> {
    return this.#db.transaction((tx) => notePhase(tx, told, nowMs));
  }

  /** Lines after the given number. */
  log(
    buildId: string,
    part: { readonly after: number; readonly most: number },
  ): Promise<readonly BuildLogLine[]> {
    return readLog(this.#db, buildId, part);
  }

  /** `withdrawn` or `refused` by the scheduler. */
  endPending(
    jobId: string,
    event: Extract<JobEvent, { kind: "withdrawn" | "refused" }>,
    nowMs: number,
  ) {
    return this.#db.transaction((tx) => changeJob(tx, jobId, event, nowMs));
  }

  /** See `recordResult`. */
  recordResult(result: AttemptResult, nowMs: number): Promise<Result<void>> {
    return this.#db.transaction((tx) => recordResult(tx, result, nowMs));
  }

  requestCancel(buildId: string, nowMs: number): Promise<void> {
    return this.#db.transaction(async (tx) => {
      const { changes } = await tx.run(
        `UPDATE builds SET cancel_requested = 1
         WHERE build_id = ? AND ended_at_ms IS NULL AND cancel_requested = 0`,
        [buildId],
      );
      if (changes > 0) await appendLog(tx, { buildId, event: { kind: "cancelAsked" } }, nowMs);
    });
  }

  /**
   * Give every failed or canceled job of an ended build to the scheduler again: who asks for it consents anew.
   *
   * Problems: drive_busy.
   */
  retry(buildId: string, nowMs: number): Promise<Result<void>> {
    return this.#db.transaction(async (tx) => {
      const rows = await tx.all("SELECT * FROM jobs WHERE build_id = ? ORDER BY position", [
        buildId,
      ]);
      const again = rows.map(parseJob).filter((job) => job.state.kind !== "succeeded");
      for (const job of again) {
        const holder = await findHolder(tx, job.agent, job.consent.driveId);
        if (holder !== null && holder !== buildId)
          return fail({
            code: "drive_busy",
            detail: `Cannot retry on drive "${job.consent.serial}": build "${holder}" holds it`,
          });
      }
      await tx.run(
        "UPDATE builds SET ended_at_ms = NULL, cancel_requested = 0 WHERE build_id = ?",
        [buildId],
      );
      for (const job of again) {
        await tx.run("UPDATE jobs SET consented_at_ms = ? WHERE job_id = ?", [nowMs, job.jobId]);
        await changeJob(tx, job.jobId, { kind: "retried" }, nowMs);
      }
      return ok(undefined);
    });
  }
}

function repeatBuild(
  stored: BuildEntry,
  asked: BuildEntry,
): Result<{ readonly build: BuildEntry; readonly repeated: boolean }> {
  if (stored.requestHash === asked.requestHash) return ok({ build: stored, repeated: true });
  return fail({
    code: "request_id_reused",
    detail: `Cannot start a build with request id "${asked.requestId}": it started build "${stored.buildId}" with other values`,
  });
}

import type { JobTurn, LoggedDrive } from "@stickfarm/common/build/build-log";
import { NEW_JOB } from "@stickfarm/common/build/job-state";
import type { LoggedOrder } from "@stickfarm/common/build/logged-order";
import type { BuildEntry, JobEntry } from "./build-entries.ts";
import { appendLog } from "./build-log.ts";
import type { Tx } from "./db.ts";

export type NewJob = Pick<JobEntry, "jobId" | "agent" | "consent"> & {
  /** Who typed the serial of its drive, for what it was asked for; `null` when a yes was enough. */
  readonly typed: Omit<Extract<JobTurn, { kind: "serialTyped" }>, "kind"> | null;
};

/** A build, its jobs and the first lines of its log. */
export async function insertBuild(
  tx: Tx,
  build: BuildEntry,
  { jobs, order }: { readonly jobs: readonly NewJob[]; readonly order: LoggedOrder },
): Promise<void> {
  await tx.run("INSERT INTO builds VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, 0, ?, ?)", [
    build.buildId,
    build.requestId,
    build.requestHash,
    build.mediaName,
    build.mediaRevision,
    build.manifestSha256,
    build.manifestBytes,
    build.manifestSignature,
    build.imageSha256,
    build.createdAtMs,
    JSON.stringify(build.sources),
    JSON.stringify(build.policy),
  ]);
  for (const [position, job] of jobs.entries()) await insertJob(tx, build, position, job);
  const { buildId, createdAtMs } = build;
  const event = { kind: "ordered", order, drives: jobs.map(nameDrive) } as const;
  await appendLog(tx, { buildId, event }, createdAtMs);
  for (const job of jobs) {
    if (job.typed === null) continue;
    const turn = { kind: "serialTyped", ...job.typed } as const;
    const told = { kind: "job", drive: nameDrive(job), turn } as const;
    await appendLog(tx, { buildId, event: told }, createdAtMs);
  }
}

function nameDrive({ jobId, agent, consent: { bay, serial } }: NewJob): LoggedDrive {
  return { jobId, agent, bay, serial };
}

async function insertJob(
  tx: Tx,
  { buildId, createdAtMs }: BuildEntry,
  position: number,
  job: NewJob,
): Promise<void> {
  await tx.run(INSERT_JOB, [
    job.jobId,
    buildId,
    position,
    job.agent,
    job.consent.driveId,
    JSON.stringify(job.consent),
    NEW_JOB.kind,
    JSON.stringify(NEW_JOB),
    createdAtMs,
    job.agent,
    job.consent.bay,
  ]);
}

/** A bay may be called something else by the time that somebody reads of it. */
const INSERT_JOB = `INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?,
  coalesce((SELECT label FROM bay_labels WHERE agent = ? AND bay = ?), ''))`;

import { ATTEMPT_PHASES } from "@stickfarm/common/build/attempt-phase";
import { deriveBuildState } from "@stickfarm/common/build/build-state";
import type { JobState } from "@stickfarm/common/build/job-state";
import { phaseToWire } from "@stickfarm/common/wire/attempt";
import { problemToWire } from "@stickfarm/common/wire/problem";
import { askedPolicyToWire } from "@stickfarm/common/wire/write-policy";
import type { AttemptPhase } from "@stickfarm/proto/stickfarm/v1/agent";
import type { BuildView, JobView, MediaSummary } from "@stickfarm/proto/stickfarm/v1/operator";
import type { BuildEntry, JobEntry } from "../store/build-entries.ts";
import type { Revision } from "../store/definitions-store.ts";
import { labelOf } from "./answer-drives.ts";
import type { Farm } from "./farm.ts";

/** A build as operators see it: the truth of the store, with the newest picture of what runs. */
export async function viewBuild(farm: Farm, build: BuildEntry): Promise<BuildView> {
  const jobs = await farm.store.builds.jobs(build.buildId);
  const revision = await farm.store.definitions.find(build.mediaName, build.mediaRevision);
  const views: JobView[] = [];
  const labels = await farm.store.labels.list();
  for (const job of jobs) {
    const label = job.label ?? labelOf(labels, { agent: job.agent, bay: job.consent.bay });
    views.push({ ...(await viewJob(farm, job)), label });
  }
  return {
    buildId: build.buildId,
    state: deriveBuildState(jobs.map((job) => job.state)),
    media: revision === null ? undefined : summariseRevision(revision),
    manifestSha256: build.manifestSha256,
    imageSha256: build.imageSha256,
    createdAtMs: build.createdAtMs,
    endedAtMs: build.endedAtMs ?? 0,
    jobs: views,
    cancelRequested: build.cancelRequested,
    policy: askedPolicyToWire(build.policy),
  };
}

export function summariseRevision(revision: Revision): MediaSummary {
  const { yaml: _, ...summary } = revision;
  return summary;
}

async function viewJob(farm: Farm, job: JobEntry): Promise<Omit<JobView, "label">> {
  const { jobId, agent, consent, state } = job;
  const phase = phaseOf(farm, job);
  const current = progressIn(farm, job, phase);
  const attempt =
    state.attempt === 0 ? null : await farm.store.builds.attempt(jobId, state.attempt);
  const evidence =
    state.attempt === 0 ? null : await farm.store.builds.evidence(jobId, state.attempt);
  const problem = problemOf(state);
  return {
    jobId,
    agent,
    bay: consent.bay,
    serial: consent.serial,
    driveBytes: consent.sizeBytes,
    state: state.kind,
    attempt: state.attempt,
    phase,
    doneBytes: current?.doneBytes ?? 0,
    totalBytes: current?.totalBytes ?? 0,
    rateBytesPerSecond: Math.round(current?.ratePerSecondBytes ?? 0),
    progressAtMs: current?.atMs ?? 0,
    silentMs: current?.silentMs ?? 0,
    problem: problem === null ? undefined : problemToWire(problem),
    dirty: (state.kind === "failed" || state.kind === "canceled") && state.dirty,
    waiting: [...(farm.waiting.get(jobId) ?? [])],
    evidence: evidence === null || state.kind === "pending" ? undefined : { ...evidence },
    proof: state.kind === "succeeded" ? state.proof : "",
    stickId: attempt?.stickId ?? "",
    policy: attempt === null ? undefined : { ...attempt.policy },
  };
}

/** Bytes of an earlier phase say nothing of this one. */
function progressIn(farm: Farm, { jobId, state }: JobEntry, phase: AttemptPhase) {
  const progress = farm.progressOf(jobId);
  if (progress === null || !isOpen(state) || progress.attempt !== state.attempt) return null;
  return phaseToWire(progress.phase) === phase ? progress : null;
}

function isOpen(state: JobState): boolean {
  return state.kind === "assigned" || state.kind === "running";
}

function problemOf(state: JobState) {
  if (state.kind === "failed") return state.problem;
  return state.kind === "pending" ? state.lastProblem : null;
}

/** What gRPC told and what NATS showed may be of different age: the later phase is the newer one. */
function phaseOf(farm: Farm, { jobId, state }: JobEntry): AttemptPhase {
  if (state.kind === "pending") return 0;
  if (!isOpen(state)) return state.attempt === 0 ? 0 : phaseToWire("ended");
  const told = farm.sessions.phaseOf(jobId, state.attempt);
  const progress = farm.progressOf(jobId);
  const shown = progress?.attempt === state.attempt ? progress.phase : null;
  const latest = ATTEMPT_PHASES.findLast((phase) => phase === told || phase === shown);
  return phaseToWire(latest ?? "accepted");
}

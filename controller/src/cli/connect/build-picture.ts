import type { AttemptPhase } from "@stickfarm/common/build/attempt-phase";
import { BUILD_STATES, type BuildState } from "@stickfarm/common/build/build-state";
import type { Evidence } from "@stickfarm/common/build/evidence";
import type { JobState } from "@stickfarm/common/build/job-state";
import type { AskedPolicy, WritePolicy } from "@stickfarm/common/build/write-policy";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { evidenceFromWire, phaseFromWire } from "@stickfarm/common/wire/attempt";
import { askedPolicyFromWire, policyFromWire } from "@stickfarm/common/wire/write-policy";
import type { Problem } from "@stickfarm/proto/stickfarm/v1/agent";
import type { BuildView, JobView } from "@stickfarm/proto/stickfarm/v1/operator";

/**
 * A build as the CLI shows it, and what `-o json` prints: every key is always there, what is not known is `null`.
 * Text is as the controller sent it; whoever draws it sanitises it.
 */
export type BuildPicture = {
  readonly buildId: string;
  readonly state: BuildState;
  readonly media: { readonly name: string; readonly revision: number; readonly digest: string };
  readonly manifestSha256: string;
  /** Of the raw image; null for a tree. */
  readonly imageSha256: string | null;
  readonly createdAtMs: number;
  readonly endedAtMs: number | null;
  readonly cancelRequested: boolean;
  /** How it shall be written, as it was asked for; null of a controller that does not say. */
  readonly policy: AskedPolicy | null;
  readonly jobs: readonly JobPicture[];
};

export type JobPicture = {
  readonly jobId: string;
  readonly agent: string;
  readonly bay: string;
  /** What people call the bay now; null when they do not. */
  readonly label: string | null;
  readonly serial: string;
  readonly driveBytes: number;
  readonly stickId: string;
  readonly state: JobState["kind"];
  /** Counts from 1; 0 before the first. */
  readonly attempt: number;
  /** Of the newest attempt; null before it has begun. */
  readonly phase: AttemptPhase | null;
  /** Bytes of this phase. */
  readonly doneBytes: number;
  /** Bytes of this phase; null when unknown. */
  readonly totalBytes: number | null;
  readonly rateBytesPerSecond: number | null;
  readonly progressAtMs: number | null;
  /** Since the drive answered last; 0 while it answers as drives do. */
  readonly silentMs: number;
  /** Why nothing runs now. */
  readonly waiting: readonly string[];
  readonly problem: {
    readonly code: string;
    readonly detail: string;
    readonly remedy: string;
  } | null;
  readonly dirty: boolean;
  readonly proof: string | null;
  readonly evidence: Evidence | null;
  /** How the newest attempt is written; null before the first. */
  readonly policy: WritePolicy | null;
};

const JOB_STATES: readonly JobState["kind"][] = [
  "pending",
  "assigned",
  "running",
  "succeeded",
  "failed",
  "canceled",
];

/**
 * The wire's view of a build in the CLI's words.
 *
 * Problems: protocol_unsupported for a state that this version does not know: it cannot say how the build ended.
 */
export function parseBuild(view: BuildView | undefined): Result<BuildPicture> {
  const state = BUILD_STATES.find((known) => known === view?.state);
  if (view === undefined || state === undefined) return unknownState("build", view?.state);
  const jobs: JobPicture[] = [];
  for (const jobView of view.jobs) {
    const job = parseJob(jobView);
    if (!job.ok) return job;
    jobs.push(job.value);
  }
  const { buildId, manifestSha256, createdAtMs, cancelRequested } = view;
  return ok({
    buildId,
    state,
    media: {
      name: view.media?.name ?? "",
      revision: view.media?.revision ?? 0,
      digest: view.media?.digest ?? "",
    },
    manifestSha256,
    imageSha256: view.imageSha256 || null,
    createdAtMs,
    endedAtMs: view.endedAtMs || null,
    cancelRequested,
    policy: view.policy === undefined ? null : askedPolicyFromWire(view.policy),
    jobs,
  });
}

function parseJob(view: JobView): Result<JobPicture> {
  const state = JOB_STATES.find((known) => known === view.state);
  if (state === undefined) return unknownState("job", view.state);
  const { jobId, agent, bay, serial, driveBytes, stickId, attempt, doneBytes, waiting, dirty } =
    view;
  return ok({
    jobId,
    agent,
    bay,
    label: view.label || null,
    serial,
    driveBytes,
    stickId,
    state,
    attempt,
    phase: phaseFromWire(view.phase),
    doneBytes,
    totalBytes: view.totalBytes || null,
    rateBytesPerSecond: view.rateBytesPerSecond || null,
    progressAtMs: view.progressAtMs || null,
    silentMs: view.silentMs,
    waiting,
    problem: parseJobProblem(view.problem),
    dirty,
    proof: view.proof || null,
    evidence: view.evidence === undefined ? null : evidenceFromWire(view.evidence),
    policy: view.policy === undefined ? null : policyFromWire(view.policy),
  });
}

function parseJobProblem(problem: Problem | undefined): JobPicture["problem"] {
  if (problem === undefined) return null;
  return { code: problem.code, detail: problem.detail, remedy: problem.remedy };
}

function unknownState(what: string, state: string | undefined): Result<never> {
  return fail({
    code: "protocol_unsupported",
    detail: `Cannot show the ${what}: its state is "${state ?? "missing"}", which this version does not know`,
  });
}

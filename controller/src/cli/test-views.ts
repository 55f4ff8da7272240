import type { Problem } from "@stickfarm/proto/stickfarm/v1/agent";
import type {
  BuildView,
  JobView,
  MediaSummary,
  PlannedDrive,
  PlanResponse,
} from "@stickfarm/proto/stickfarm/v1/operator";

/** For tests: what a controller sends. */
export const BUILD_ID = "01JC0000000000000000000001";

export const MEDIA: MediaSummary = {
  name: "hq",
  revision: 3,
  digest: "a".repeat(64),
  kind: "BootableMedia",
  createdAtMs: Date.UTC(2026, 10, 22, 8, 0, 0),
  description: "",
};

export function makeJobView(bay: string, fields: Partial<JobView> = {}): JobView {
  return {
    jobId: `job-${bay}`,
    agent: "ws-1",
    bay,
    label: "",
    serial: `SN${bay}`,
    state: "pending",
    attempt: 0,
    phase: 0,
    doneBytes: 0,
    totalBytes: 0,
    rateBytesPerSecond: 0,
    progressAtMs: 0,
    silentMs: 0,
    problem: undefined,
    dirty: false,
    waiting: [],
    evidence: undefined,
    proof: "",
    stickId: "",
    driveBytes: 2_000_000_000,
    policy: undefined,
    ...fields,
  };
}

export function makeBuildView(
  jobs: readonly JobView[],
  fields: Partial<BuildView> = {},
): BuildView {
  return {
    buildId: BUILD_ID,
    state: "running",
    media: MEDIA,
    manifestSha256: "c".repeat(64),
    imageSha256: "",
    createdAtMs: Date.UTC(2026, 10, 22, 9, 0, 0),
    endedAtMs: 0,
    jobs,
    cancelRequested: false,
    policy: undefined,
    ...fields,
  };
}

/** Two bays, each written: the build of most tests. */
export function makeSucceededView(): BuildView {
  const jobs = ["1", "2"].map((bay) =>
    makeJobView(bay, { state: "succeeded", attempt: 1, phase: 8, proof: "read-back" }),
  );
  return makeBuildView(jobs, {
    state: "succeeded",
    endedAtMs: Date.UTC(2026, 10, 22, 9, 1, 0),
  });
}

export function makeFailedView(): BuildView {
  const problem = { code: "drive_gone", detail: "Cannot write: it is gone", remedy: "Plug it in" };
  const failed = makeJobView("2", { state: "failed", attempt: 1, phase: 8, problem, dirty: true });
  const [good] = makeSucceededView().jobs;
  return makeBuildView(good === undefined ? [failed] : [good, failed], {
    state: "partial",
    endedAtMs: Date.UTC(2026, 10, 22, 9, 1, 0),
  });
}

export function makePlanResponse(drives: readonly PlannedDrive[]): PlanResponse {
  return {
    media: MEDIA,
    requiredBytes: 1_000_000_000,
    drives,
    planDigest: "d".repeat(64),
    warnings: [],
  };
}

export function makePlannedDrive(
  bay: string,
  refusals: readonly Problem[] = [],
  asks: readonly Problem[] = [],
): PlannedDrive {
  const drive = {
    driveId: `virtual-file:SN${bay}`,
    bay,
    serial: `SN${bay}`,
    vendor: "stickfarm",
    model: "virtual drive",
    sizeBytes: 2_000_000_000,
    logicalBlockBytes: 512,
    insertion: "1",
    transport: "virtual-file",
    facts: undefined,
    contents: undefined,
    refusals: [],
    asks,
  };
  return { agent: "ws-1", label: "", drive, refusals };
}

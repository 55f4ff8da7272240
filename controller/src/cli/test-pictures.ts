import type { BuildPicture, JobPicture } from "./connect/build-picture.ts";
import type { PlannedDrivePicture, PlanPicture } from "./connect/plan-picture.ts";

/** A job of a build, for tests: waiting, unless said otherwise. */
export function makeJob(bay: string, fields: Partial<JobPicture> = {}): JobPicture {
  return {
    jobId: `job-${bay}`,
    agent: "ws-1",
    label: null,
    bay,
    serial: `SN${bay.padStart(4, "0")}`,
    driveBytes: 8_000_000_000,
    stickId: bay.padStart(32, "0"),
    state: "pending",
    attempt: 0,
    phase: null,
    doneBytes: 0,
    totalBytes: null,
    rateBytesPerSecond: null,
    progressAtMs: null,
    silentMs: 0,
    waiting: [],
    problem: null,
    dirty: false,
    proof: null,
    evidence: null,
    policy: null,
    ...fields,
  };
}

/** A job that writes or verifies 4 GB, so many percent of it done. */
export function makeRunning(bay: string, phase: "write" | "verify", percent: number): JobPicture {
  return makeJob(bay, {
    state: "running",
    attempt: 1,
    phase,
    doneBytes: percent * 40_000_000,
    totalBytes: 4_000_000_000,
    rateBytesPerSecond: 21_400_000,
    dirty: true,
  });
}

export function makeSucceeded(bay: string): JobPicture {
  return makeJob(bay, {
    state: "succeeded",
    attempt: 1,
    phase: "ended",
    proof: "read-back",
    evidence: {
      manifestSha256: "c".repeat(64),
      writtenBytes: 2_000_000_000,
      verifiedBytes: 4_000_000_000,
      alreadyZeroBytes: 2_000_000_000,
      comparedBytes: 0,
      repairedRanges: 0,
      repairedBytes: 0,
      capacity: "none",
      writeMs: 100_000,
      verifyMs: 50_000,
      totalMs: 152_000,
    },
  });
}

export function makeFailed(bay: string): JobPicture {
  return makeJob(bay, {
    state: "failed",
    attempt: 2,
    phase: "ended",
    dirty: true,
    problem: {
      code: "verify_mismatch",
      detail: `Cannot verify the drive in bay "${bay}": bytes 3221225472 to 3221487616 differ from what was written`,
      remedy: "The stick returns other bytes than were written: discard it if a retry fails too",
    },
  });
}

export function makeBuild(
  jobs: readonly JobPicture[],
  fields: Partial<BuildPicture> = {},
): BuildPicture {
  return {
    buildId: "01JD0000000000000000000001",
    state: "running",
    media: { name: "hq-bare-metal", revision: 3, digest: "a".repeat(64) },
    manifestSha256: "c".repeat(64),
    imageSha256: null,
    createdAtMs: Date.UTC(2026, 10, 22, 9, 0, 0),
    endedAtMs: null,
    cancelRequested: false,
    policy: null,
    jobs,
    ...fields,
  };
}

export function makePlan(drives: readonly PlannedDrivePicture[]): PlanPicture {
  return {
    media: { name: "hq-bare-metal", revision: 3, digest: "a".repeat(64) },
    requiredBytes: 4_000_000_000,
    planDigest: "d".repeat(64),
    drives,
    warnings: [],
  };
}

export function makePlanned(
  bay: string,
  refusals: PlannedDrivePicture["refusals"] = [],
  asks: PlannedDrivePicture["refusals"] = [],
): PlannedDrivePicture {
  const serial = `SN${bay.padStart(4, "0")}`;
  const drive = {
    driveId: `virtual-file:${serial}`,
    bay,
    serial,
    vendor: "stickfarm",
    model: "virtual drive",
    sizeBytes: 8_000_000_000,
    logicalBlockBytes: 512,
    insertion: "1",
    transport: "virtual-file",
    facts: undefined,
    contents: undefined,
    asks,
  };
  const erase = asks.length === 0 ? null : serial;
  return { agent: "ws-1", label: "", drive, refusals, erase };
}

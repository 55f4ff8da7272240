import type { Evidence } from "@stickfarm/common/build/evidence";
import type { AttemptOutcome, JobState } from "@stickfarm/common/build/job-state";
import type { AskedPolicy, WritePolicy } from "@stickfarm/common/build/write-policy";
import type { DriveConsent } from "@stickfarm/common/drive/drive";
import type { Row } from "./db.ts";
import { bytes, integer, integerOrNull, json, text, textOrNull } from "./row.ts";

export type BuildEntry = {
  readonly buildId: string;
  readonly requestId: string;
  /** What was asked for; the same request id with another hash is refused. */
  readonly requestHash: string;
  readonly mediaName: string;
  readonly mediaRevision: number;
  readonly manifestSha256: string;
  readonly manifestBytes: number;
  readonly manifestSignature: Uint8Array;
  /** Of the raw image; empty when files are laid out. */
  readonly imageSha256: string;
  readonly sources: BuildSources;
  readonly policy: AskedPolicy;
  readonly createdAtMs: number;
  readonly endedAtMs: number | null;
  readonly cancelRequested: boolean;
};

/** Where a build's content is fetched from. */
export type BuildSources = {
  /** Names of distribution points, first to last. */
  readonly points: readonly string[];
  /** SHA-256 of what the controller made, and alone has. */
  readonly made: readonly string[];
};

export type JobEntry = {
  readonly jobId: string;
  readonly buildId: string;
  readonly agent: string;
  readonly consent: DriveConsent;
  /** When the operator said yes, or yes again. */
  readonly consentedAtMs: number;
  readonly state: JobState;
  /** What people called the bay when the build was started, which may be nothing; `null` when that was not kept yet. */
  readonly label: string | null;
};

export type AttemptEntry = {
  readonly jobId: string;
  readonly attempt: number;
  readonly fence: number;
  readonly stickId: string;
  readonly passport: Uint8Array;
  readonly passportSignature: Uint8Array;
  readonly assignedAtMs: number;
  readonly policy: WritePolicy;
};

export type AttemptResult = {
  readonly jobId: string;
  readonly attempt: number;
  readonly fence: number;
  readonly outcome: AttemptOutcome;
  readonly evidence: Evidence;
  /** Of the report as it was sent; the same again is the same report. */
  readonly bodyHash: string;
};

export type OpenJob = JobEntry & { readonly cancelRequested: boolean };
export type OpenAttempt = {
  readonly job: OpenJob;
  readonly attempt: AttemptEntry;
  readonly build: BuildEntry;
};

export function parseBuild(row: Row): BuildEntry {
  return {
    buildId: text(row, "build_id"),
    requestId: text(row, "request_id"),
    requestHash: text(row, "request_hash"),
    mediaName: text(row, "media_name"),
    mediaRevision: integer(row, "media_revision"),
    manifestSha256: text(row, "manifest_sha256"),
    manifestBytes: integer(row, "manifest_bytes"),
    manifestSignature: bytes(row, "manifest_signature"),
    imageSha256: text(row, "image_sha256"),
    sources: json<BuildSources>(row, "sources"),
    policy: json<AskedPolicy>(row, "policy"),
    createdAtMs: integer(row, "created_at_ms"),
    endedAtMs: integerOrNull(row, "ended_at_ms"),
    cancelRequested: integer(row, "cancel_requested") === 1,
  };
}

export function parseJob(row: Row): JobEntry {
  return {
    jobId: text(row, "job_id"),
    buildId: text(row, "build_id"),
    agent: text(row, "agent"),
    consent: parseConsent(row),
    consentedAtMs: integer(row, "consented_at_ms"),
    state: json<JobState>(row, "state"),
    label: textOrNull(row, "label"),
  };
}

export function parseAttempt(row: Row): AttemptEntry {
  return {
    jobId: text(row, "job_id"),
    attempt: integer(row, "attempt"),
    fence: integer(row, "fence"),
    stickId: text(row, "stick_id"),
    passport: bytes(row, "passport"),
    passportSignature: bytes(row, "passport_signature"),
    assignedAtMs: integer(row, "assigned_at_ms"),
    policy: json<WritePolicy>(row, "policy"),
  };
}

/** Rows of earlier versions answer nothing: nothing was asked. */
export function parseConsent(row: Row): DriveConsent {
  const consent = json<Omit<DriveConsent, "overrides"> & Partial<DriveConsent>>(row, "consent");
  return { overrides: [], ...consent };
}

import { assertNever } from "@stickfarm/common/assert-never";
import { describeRepairs } from "@stickfarm/common/build/describe-repairs";
import { renderRate } from "@stickfarm/common/bytes";
import { renderDuration, renderElapsed, SECOND_MS } from "@stickfarm/common/durations";
import { sanitizeText } from "@stickfarm/common/sanitize-text";
import type { JobPicture } from "../connect/build-picture.ts";
import { estimateJobLeftMs } from "./estimate-left.ts";
import { namePlace } from "./name-place.ts";
import { measureQuietMs, type WatchedBuild } from "./observe-build.ts";

/** A drive's line before it is laid out: what it says, and how loudly. */
export type Row = {
  readonly place: string;
  readonly serial: string;
  readonly word: string;
  readonly tone: "busy" | "good" | "bad" | "idle";
  readonly body: Meter | Note;
};

type Meter = {
  readonly kind: "meter";
  readonly ratio: number;
  readonly rate: string;
  readonly left: string;
  /** Said instead of rate and time left. */
  readonly quiet: string | null;
};

/** Text that takes the place of the bar, over several lines when it must. */
type Note = { readonly kind: "note"; readonly text: string };

export function planRow(build: WatchedBuild, job: JobPicture, nowMs: number): Row {
  return {
    place: sanitizeText(namePlace(job)),
    serial: sanitizeText(job.serial),
    ...planState(job, measureQuietMs(build, job, nowMs)),
  };
}

function planState(job: JobPicture, quietMs: number | null): Pick<Row, "word" | "tone" | "body"> {
  switch (job.state) {
    case "pending":
      return { word: "waiting", tone: "idle", body: renderWaiting(job) };
    case "assigned":
      if (job.waiting.length > 0 || job.phase === null)
        return { word: "assigned", tone: "idle", body: renderWaiting(job) };
      return { word: job.phase, tone: "busy", body: renderRunning(job, quietMs) };
    case "running":
      return {
        word: job.phase ?? "running",
        tone: quietMs === null ? "busy" : "idle",
        body: renderRunning(job, quietMs),
      };
    case "succeeded":
      return { word: "done", tone: "good", body: note(renderProof(job)) };
    case "failed":
      return { word: "failed", tone: "bad", body: note(renderFailure(job)) };
    case "canceled":
      return { word: "canceled", tone: "idle", body: note(renderDirt(job)) };
    default:
      return assertNever(job.state);
  }
}

function renderRunning(job: JobPicture, quietMs: number | null): Meter | Note {
  const silence = renderSilence(job);
  if (job.totalBytes === null) return note(silence ?? SHORT_PHASES[job.phase ?? "accepted"]);
  const leftMs = estimateJobLeftMs(job);
  return {
    kind: "meter",
    ratio: job.doneBytes / job.totalBytes,
    rate: job.rateBytesPerSecond === null ? "" : renderRate(job.rateBytesPerSecond),
    left: leftMs === null ? "" : renderDuration(leftMs),
    quiet: silence ?? (quietMs === null ? null : renderQuiet(quietMs)),
  };
}

/** What the agent says of the drive, which is more than that no news came. */
export function renderSilence({ state, silentMs }: JobPicture): string | null {
  if (state !== "running" || silentMs === 0) return null;
  return `no answer from the drive for ${Math.floor(silentMs / SECOND_MS)} s`;
}

function renderQuiet(quietMs: number): string {
  return `no progress for ${Math.floor(quietMs / SECOND_MS)} s`;
}

/** Phases that are over before a bar would say anything. */
const SHORT_PHASES: Readonly<Record<NonNullable<JobPicture["phase"]>, string>> = {
  accepted: "order taken",
  fetch: "fetching content",
  claim: "reading the drive's identity again",
  erase: "clearing both ends",
  probe: "asking for its capacity",
  compare: "comparing",
  write: "writing",
  verify: "reading back",
  seal: "writing the first block",
  ended: "reporting",
};

function renderWaiting(job: JobPicture): Note {
  return note(listReasons(job).join("; ") || "for its agent");
}

/** Why nothing runs, and what went wrong before when there was an attempt already. */
export function listReasons(job: JobPicture): string[] {
  const before =
    job.problem === null ? [] : [`before: ${job.problem.detail} [${job.problem.code}]`];
  return [...job.waiting, ...before];
}

export function renderProof(job: JobPicture): string {
  const { evidence } = job;
  const proof = job.proof ?? "no proof";
  if (evidence === null) return proof;
  const repairs = describeRepairs(evidence);
  const took = `${proof} in ${renderElapsed(evidence.totalMs)}`;
  return repairs === null ? took : `${took}, ${repairs}`;
}

export function renderFailure(job: JobPicture): string {
  const problem = job.problem;
  const reason = problem === null ? "no reason given" : `${problem.detail} [${problem.code}]`;
  return `${reason}; ${renderDirt(job)}`;
}

export function renderDirt(job: JobPicture): string {
  return job.dirty ? "the stick is dirty and does not boot" : "nothing was erased";
}

function note(text: string): Note {
  return { kind: "note", text: sanitizeText(text) };
}

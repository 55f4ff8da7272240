import { renderBytes, renderRate } from "@stickfarm/common/bytes";
import { renderDuration, renderElapsed } from "@stickfarm/common/durations";
import { sanitizeText } from "@stickfarm/common/sanitize-text";
import type { BuildPicture, JobPicture } from "../connect/build-picture.ts";
import { estimateJobLeftMs } from "./estimate-left.ts";
/**
 * A build as lines for a pipe or a log: one line per change of a drive's state or phase, and per tenth of a phase.
 * What was said is kept per job, so that no picture, however often or late it comes, is said twice.
 */
import { namePlace } from "./name-place.ts";
import { listReasons, renderDirt, renderFailure, renderProof } from "./plan-row.ts";

export type Said = {
  readonly buildSaid: boolean;
  readonly jobs: ReadonlyMap<string, Position>;
  readonly state: BuildPicture["state"] | null;
};

type Position = {
  readonly attempt: number;
  readonly state: JobPicture["state"];
  readonly phase: JobPicture["phase"];
  readonly tenth: number;
  readonly waiting: string;
};

export const NOTHING_SAID: Said = { buildSaid: false, jobs: new Map(), state: null };

export function describeBuild(
  said: Said,
  picture: BuildPicture,
): { readonly said: Said; readonly lines: readonly string[] } {
  const jobs = new Map(said.jobs);
  const lines = said.buildSaid ? [] : [describeStart(picture)];
  for (const job of picture.jobs) {
    const position = positionOf(job);
    if (!isNews(jobs.get(job.jobId), position)) continue;
    jobs.set(job.jobId, position);
    lines.push(describeJob(job, position));
  }
  if (picture.state !== "running" && picture.state !== said.state) lines.push(describeEnd(picture));
  return { said: { buildSaid: true, jobs, state: picture.state }, lines };
}

function positionOf(job: JobPicture): Position {
  const { attempt, state, phase, doneBytes, totalBytes, waiting } = job;
  const running = state === "running" || state === "assigned";
  const tenth = running && totalBytes !== null ? Math.floor((doneBytes * 10) / totalBytes) : 0;
  return {
    attempt,
    state,
    phase: running ? phase : null,
    // The end of a phase is said by the beginning of the next one.
    tenth: Math.min(9, tenth),
    // A reason may count seconds or drives; another number is no news.
    waiting: running || state === "pending" ? waiting.join("; ").replaceAll(/\d+/g, "0") : "",
  };
}

/** A picture that is older than what was said is no news; within a phase only more is. */
function isNews(said: Position | undefined, now: Position): boolean {
  if (said === undefined || now.attempt > said.attempt) return true;
  if (now.attempt < said.attempt) return false;
  if (now.state !== said.state || now.phase !== said.phase) return true;
  return now.tenth > said.tenth || now.waiting !== said.waiting;
}

function describeStart({ buildId, media, jobs }: BuildPicture): string {
  const drives = jobs.length === 1 ? "1 drive" : `${jobs.length} drives`;
  return sanitizeText(`build ${buildId}: ${media.name}@${media.revision} on ${drives}`);
}

function describeEnd({ buildId, state, jobs, createdAtMs, endedAtMs }: BuildPicture): string {
  const good = jobs.filter((job) => job.state === "succeeded").length;
  const took = endedAtMs === null ? "" : ` in ${renderElapsed(endedAtMs - createdAtMs)}`;
  return sanitizeText(`build ${buildId} ${state}: ${good} of ${jobs.length} sticks good${took}`);
}

function describeJob(job: JobPicture, position: Position): string {
  const again = job.attempt > 1 ? ` (attempt ${job.attempt})` : "";
  const what = describeState(job, position).join(", ");
  return sanitizeText(`${namePlace(job)} ${job.serial}${again}: ${what}`);
}

function describeState(job: JobPicture, position: Position): string[] {
  switch (job.state) {
    case "pending":
      return ["waiting", ...listReasons(job)];
    case "assigned":
    case "running":
      return [...describePhase(job, position), ...job.waiting];
    case "succeeded":
      return ["done", renderProof(job)];
    case "failed":
      return ["failed", renderFailure(job)];
    case "canceled":
      return ["canceled", renderDirt(job)];
  }
}

function describePhase(job: JobPicture, { tenth }: Position): string[] {
  const phase = job.phase ?? job.state;
  if (tenth === 0 || job.totalBytes === null) return [phase];
  const leftMs = estimateJobLeftMs(job);
  return [
    `${phase} ${tenth * 10}% of ${renderBytes(job.totalBytes)}`,
    ...(job.rateBytesPerSecond === null ? [] : [renderRate(job.rateBytesPerSecond)]),
    ...(leftMs === null ? [] : [`${renderDuration(leftMs)} left`]),
  ];
}

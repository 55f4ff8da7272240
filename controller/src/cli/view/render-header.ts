import { renderRate } from "@stickfarm/common/bytes";
import { renderDuration, renderElapsed } from "@stickfarm/common/durations";
import { sanitizeText } from "@stickfarm/common/sanitize-text";
import stringWidth from "string-width";
import type { BuildPicture, JobPicture } from "../connect/build-picture.ts";
import { estimateBuildLeftMs } from "./estimate-left.ts";
import { measureQuietMs, type WatchedBuild } from "./observe-build.ts";
import type { Segment } from "./segment.ts";

/** The totals: what is built, on how many drives, how fast, how long still. Two lines where one is too narrow. */
export function planHeader(
  build: WatchedBuild,
  { columns, nowMs, separator }: HeaderOptions,
): Segment[][] {
  const { picture } = build;
  const { media, jobs } = picture;
  const name = sanitizeText(`${media.name}@${media.revision}`);
  const what: readonly Segment[] = [
    { text: name, tone: "strong" },
    {
      text: `  ${renderBuildState(picture)}`,
      tone: picture.state === "running" ? "plain" : "strong",
    },
  ];
  const counts = [countDrives(jobs.length), ...countStates(jobs)].join(separator);
  const pace = renderPace(build, nowMs).join(separator);
  const line: Segment[] = [...what, plain(`  ${counts}`), plain(`  ${pace}`)];
  if (
    stringWidth(
      line
        .map(({ text }) => text)
        .join("")
        .trimEnd(),
    ) <= columns
  )
    return [line];
  return [[...what, plain(`  ${pace}`)], [plain(counts)]];
}

export type HeaderOptions = {
  readonly columns: number;
  readonly nowMs: number;
  readonly separator: string;
};

function plain(text: string): Segment {
  return { text, tone: "plain" };
}

/** "4 running", "2 done", only what there is any of. */
export function countStates(jobs: readonly JobPicture[]): string[] {
  const count = (word: string, ...states: readonly JobPicture["state"][]) => {
    const number = jobs.filter((job) => states.includes(job.state)).length;
    return number === 0 ? [] : [`${number} ${word}`];
  };
  return [
    ...count("running", "assigned", "running"),
    ...count("done", "succeeded"),
    ...count("failed", "failed"),
    ...count("canceled", "canceled"),
    ...count("waiting", "pending"),
  ];
}

function renderBuildState(picture: BuildPicture): string {
  if (picture.state !== "running") return picture.state;
  return picture.cancelRequested ? "canceling" : "running";
}

function countDrives(count: number): string {
  return count === 1 ? "1 drive" : `${count} drives`;
}

/** A drive that stands still has no pace, and makes the end unknown. */
function renderPace(build: WatchedBuild, nowMs: number): string[] {
  const { jobs, state, createdAtMs, endedAtMs } = build.picture;
  if (state !== "running")
    return endedAtMs === null ? [] : [`took ${renderElapsed(endedAtMs - createdAtMs)}`];
  const moving = jobs.filter((job) => measureQuietMs(build, job, nowMs) === null);
  const rate = moving
    .filter((job) => job.state === "running")
    .reduce((sum, job) => sum + (job.rateBytesPerSecond ?? 0), 0);
  const leftMs = moving.length < jobs.length ? null : estimateBuildLeftMs(jobs);
  return [
    ...(rate === 0 ? [] : [renderRate(rate)]),
    ...(leftMs === null ? [] : [`left ${renderDuration(leftMs)}`]),
  ];
}

import { describeRepairs } from "@stickfarm/common/build/describe-repairs";
import { renderBytes, renderRate } from "@stickfarm/common/bytes";
import { renderElapsed } from "@stickfarm/common/durations";
import { sanitizeText } from "@stickfarm/common/sanitize-text";
import type { BuildPicture, JobPicture } from "../connect/build-picture.ts";
import { renderFields, renderTime } from "../output/render-fields.ts";
import { type Column, renderTable } from "../output/render-table.ts";
import { namePlace } from "../view/name-place.ts";
import { renderPolicy } from "../view/render-policy.ts";

/** A build with what follows from its evidence. */
export type BuildReport = Omit<BuildPicture, "jobs"> & {
  readonly tookMs: number | null;
  readonly sticks: readonly StickReport[];
};

export type StickReport = JobPicture & {
  readonly writeBytesPerSecond: number | null;
  readonly verifyBytesPerSecond: number | null;
};

export function makeReport({ jobs, ...build }: BuildPicture): BuildReport {
  return {
    ...build,
    tookMs: build.endedAtMs === null ? null : build.endedAtMs - build.createdAtMs,
    sticks: jobs.map((job) => ({
      ...job,
      writeBytesPerSecond: rateOf(job.evidence?.writtenBytes, job.evidence?.writeMs),
      verifyBytesPerSecond: rateOf(job.evidence?.verifiedBytes, job.evidence?.verifyMs),
    })),
  };
}

const COLUMNS: readonly Column<StickReport>[] = [
  { head: "DRIVE", cell: namePlace },
  { head: "SERIAL", cell: ({ serial }) => serial },
  { head: "RESULT", cell: renderResult },
  { head: "PROOF", cell: ({ proof }) => proof ?? "" },
  { head: "WRITTEN", cell: ({ evidence }) => renderCount(evidence?.writtenBytes), align: "right" },
  {
    head: "VERIFIED",
    cell: ({ evidence }) => renderCount(evidence?.verifiedBytes),
    align: "right",
  },
  {
    head: "ALREADY ZERO",
    cell: ({ evidence }) => renderCount(evidence?.alreadyZeroBytes),
    align: "right",
  },
  {
    head: "COMPARED",
    cell: ({ evidence }) => renderCount(evidence?.comparedBytes),
    align: "right",
  },
  { head: "CAPACITY", cell: ({ evidence }) => evidence?.capacity ?? "" },
  { head: "WRITE", cell: (stick) => renderSpeed(stick.writeBytesPerSecond), align: "right" },
  { head: "VERIFY", cell: (stick) => renderSpeed(stick.verifyBytesPerSecond), align: "right" },
  {
    head: "TOOK",
    cell: ({ evidence }) => (evidence ? renderElapsed(evidence.totalMs) : ""),
    align: "right",
  },
  { head: "ATTEMPT", cell: ({ attempt }) => attempt, align: "right" },
  { head: "PROBLEM", cell: ({ problem }) => problem?.code ?? "" },
];

/** The record of a build for a person: what was built, a line a stick, and below them every problem with its remedy. */
export function renderReport(report: BuildReport, { color }: { readonly color: boolean }): string {
  const { media, sticks } = report;
  const good = sticks.filter(({ state }) => state === "succeeded");
  const repaired = good.filter(({ evidence }) => (evidence?.repairedRanges ?? 0) > 0).length;
  const notClean = repaired === 0 ? "" : `, ${repaired} of them repaired`;
  const problems = sticks.flatMap(({ problem, ...place }) =>
    problem === null
      ? []
      : [
          `${sanitizeText(`${namePlace(place)}: ${problem.detail} [${problem.code}]`)}\n`,
          `    ${sanitizeText(problem.remedy)}\n`,
        ],
  );
  return [
    renderFields([
      ["Build", report.buildId],
      ["State", `${report.state}, ${good.length} of ${sticks.length} sticks good${notClean}`],
      ["Media", `${media.name}@${media.revision}`],
      ["Revision digest", media.digest],
      ["Manifest SHA-256", report.manifestSha256],
      ["Image SHA-256", report.imageSha256],
      ["Writing", report.policy === null ? null : renderPolicy(report.policy)],
      ["Started", renderTime(report.createdAtMs)],
      ["Ended", renderTime(report.endedAtMs)],
      ["Took", report.tookMs === null ? null : renderElapsed(report.tookMs)],
    ]),
    `\n${renderTable(sticks, COLUMNS, { color })}`,
    problems.length === 0 ? "" : `\n${problems.join("")}`,
  ].join("");
}

function renderResult({ state, dirty, evidence }: StickReport): string {
  const repairs = evidence === null ? null : describeRepairs(evidence);
  return [state, repairs, dirty ? "dirty" : null].filter((part) => part !== null).join(", ");
}

function renderCount(bytes: number | undefined): string {
  return bytes === undefined ? "" : renderBytes(bytes);
}

function renderSpeed(bytesPerSecond: number | null): string {
  return bytesPerSecond === null ? "" : renderRate(bytesPerSecond);
}

/** Null for what was not done, or done in no time. */
function rateOf(bytes: number | undefined, durationMs: number | undefined): number | null {
  if (bytes === undefined || durationMs === undefined || bytes === 0 || durationMs === 0)
    return null;
  return Math.round((bytes * 1000) / durationMs);
}

import { renderBytes } from "@stickfarm/common/bytes";
import type { StickAttempt, StickView } from "@stickfarm/proto/stickfarm/v1/operator";
import { renderTime } from "../output/render-fields.ts";
import type { Column } from "../output/render-table.ts";

export const STICK_COLUMNS: readonly Column<StickView>[] = [
  { head: "SERIAL", cell: ({ serial }) => serial },
  { head: "SIZE", cell: ({ sizeBytes }) => renderBytes(sizeBytes), align: "right" },
  { head: "LAST BUILD", cell: ({ last }) => (last === undefined ? "" : mediaOf(last)) },
  { head: "WHEN", cell: ({ last }) => renderTime(last?.endedAtMs ?? null) },
  { head: "RESULT", cell: ({ last }) => (last === undefined ? "" : resultOf(last)) },
  { head: "CAPACITY", cell: ({ capacity }) => capacity },
  { head: "GOOD", cell: ({ good }) => good, align: "right" },
  { head: "FAILED", cell: ({ failed }) => failed, align: "right" },
  { head: "REPAIRED", cell: ({ repaired }) => repaired, align: "right" },
  { head: "AT", cell: ({ last }) => (last === undefined ? "" : `${last.agent}/${last.bay}`) },
];

export const ATTEMPT_COLUMNS: readonly Column<StickAttempt>[] = [
  { head: "WHEN", cell: ({ endedAtMs }) => renderTime(endedAtMs) },
  { head: "MEDIA", cell: mediaOf },
  { head: "RESULT", cell: resultOf },
  { head: "CAPACITY", cell: ({ evidence }) => evidence?.capacity || "none" },
  { head: "WRITTEN", cell: ({ evidence }) => renderBytes(evidence?.writtenBytes ?? 0) },
  { head: "REPAIRED", cell: ({ evidence }) => evidence?.repairedRanges ?? 0, align: "right" },
  { head: "AT", cell: ({ agent, bay }) => `${agent}/${bay}` },
  { head: "BUILD", cell: ({ buildId }) => buildId },
  { head: "ATTEMPT", cell: ({ attempt }) => attempt, align: "right" },
  { head: "STICK ID", cell: ({ stickId }) => stickId },
];

function mediaOf({ mediaName, mediaRevision }: StickAttempt): string {
  return `${mediaName}@${mediaRevision}`;
}

/** "read-back" of what succeeded: how it was proven says more than that it was. */
function resultOf({ outcome, proof, dirty, problem }: StickAttempt): string {
  if (proof !== "") return proof;
  const why = problem === undefined ? "" : ` (${problem.code})`;
  return `${outcome}${dirty ? ", dirty" : ""}${why}`;
}

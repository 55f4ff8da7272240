import type { WatchedBuild } from "./observe-build.ts";
import { planRow, type Row } from "./plan-row.ts";
import { planWidths } from "./plan-widths.ts";
import { countStates, planHeader } from "./render-header.ts";
import { renderRow, renderShortRow } from "./render-row.ts";
import { renderLine, type Segment } from "./segment.ts";

export type RenderOptions = {
  readonly columns: number;
  /** Lines that may be drawn; `null` for the last picture, which may scroll. */
  readonly rows: number | null;
  readonly color: boolean;
  readonly utf8: boolean;
  readonly nowMs: number;
};

/**
 * The live view: a line of totals, a rule, a line for each drive with its reasons below it.
 *
 * Shape: no line is wider than `columns`. When there are more lines than `rows`, reasons are cut first; then the drives
 *        that nobody has to look at are left out and counted in the last line.
 */
export function renderBuild(build: WatchedBuild, options: RenderOptions): string[] {
  const style = options.utf8 ? { mark: "…", separator: " · ", rule: "─" } : ASCII;
  const toLine = (segments: readonly Segment[]) =>
    renderLine(segments, { ...options, mark: style.mark });
  const rows = build.picture.jobs.map((job) => planRow(build, job, options.nowMs));
  const widths = planWidths(rows, options.columns);
  const head = [
    ...planHeader(build, { ...options, separator: style.separator }),
    [{ text: style.rule.repeat(options.columns), tone: "faint" as const }],
  ].map(toLine);
  const rowOptions = { ...options, mark: style.mark };
  const room = Math.max(1, (options.rows ?? Number.POSITIVE_INFINITY) - head.length);
  const long = rows.flatMap((row) => renderRow(row, widths, rowOptions)).map(toLine);
  if (long.length <= room) return [...head, ...long];
  const short = rows.map((row) => toLine(renderShortRow(row, widths, rowOptions)));
  if (short.length <= room) return [...head, ...short];
  const shown = chooseShown(rows, room - 1);
  const hidden = build.picture.jobs.filter((_, index) => !shown.has(index));
  const rest = `${hidden.length} more: ${countStates(hidden).join(style.separator)}`;
  return [
    ...head,
    ...short.filter((_, index) => shown.has(index)),
    toLine([{ text: rest, tone: "faint" }]),
  ];
}

const ASCII = { mark: "...", separator: ", ", rule: "-" };

/** Indices of the rows that are drawn: what went wrong or stands still before what runs, and that before the rest. */
function chooseShown(rows: readonly Row[], room: number): ReadonlySet<number> {
  const rank: readonly Row["tone"][] = ["bad", "idle", "busy", "good"];
  const loudest = rows
    .map((row, index) => ({
      index,
      rank: row.word === "waiting" ? rank.length : rank.indexOf(row.tone),
    }))
    .sort((one, other) => one.rank - other.rank || one.index - other.index);
  return new Set(loudest.slice(0, room).map(({ index }) => index));
}

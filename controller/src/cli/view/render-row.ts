import stringWidth from "string-width";
import { cutText, padText, wrapText } from "./fit-text.ts";
import type { Row } from "./plan-row.ts";
import type { Widths } from "./plan-widths.ts";
import { renderBar } from "./render-bar.ts";
import type { Segment } from "./segment.ts";

export type RowOptions = {
  readonly columns: number;
  readonly utf8: boolean;
  /** Says that text was cut. */
  readonly mark: string;
};

/** A note with less room than this begins below its line instead. */
const NOTE_MIN = 24;
const NOTE_INDENT = 4;

/** A drive's lines; a second and further ones only where a note is longer than its line. */
export function renderRow(row: Row, widths: Widths, options: RowOptions): Segment[][] {
  const head = renderHead(row, widths, options.mark);
  if (row.body.kind === "note") return renderNote(head, row, row.body.text, widths, options);
  const { ratio, rate, left, quiet } = row.body;
  const percent = `${(Math.floor(ratio * 1000) / 10).toFixed(1)}%`;
  const tail = renderTail({ rate, left, quiet }, widths);
  if (tail === null) return renderNote(head, row, `${percent} ${quiet}`, widths, options);
  const bar = renderBar(ratio, { columns: widths.bar, utf8: options.utf8 });
  return [
    [
      ...head,
      { text: bar.filled, tone: row.tone },
      { text: bar.empty, tone: "faint" },
      { text: `  ${padText(percent, widths.percent, "right")}`, tone: "plain" },
      { text: tail, tone: quiet === null ? "plain" : row.tone },
    ],
  ];
}

/** The same in one line, for when there are more drives than lines. */
export function renderShortRow(row: Row, widths: Widths, options: RowOptions): Segment[] {
  const lines = renderRow(row, widths, options);
  const [first = []] = lines;
  if (lines.length === 1 || row.body.kind === "meter") return first;
  return [...renderHead(row, widths, options.mark), { text: row.body.text, tone: noteTone(row) }];
}

function renderHead(row: Row, widths: Widths, mark: string): Segment[] {
  const cell = (text: string, width: number) =>
    width === 0 ? "" : `${padText(cutText(text, width, mark), width)}  `;
  return [
    { text: cell(row.place, widths.place), tone: "plain" },
    { text: cell(row.serial, widths.serial), tone: "faint" },
    { text: cell(row.word, widths.word), tone: row.tone },
  ];
}

/** Null when there is no room to say that the drive stands still: then that is said instead of the bar. */
function renderTail(
  {
    rate,
    left,
    quiet,
  }: { readonly rate: string; readonly left: string; readonly quiet: string | null },
  widths: Widths,
): string | null {
  const rateCell = widths.rate === 0 ? "" : `  ${padText(rate, widths.rate, "right")}`;
  const leftCell =
    widths.left === 0 || left === "" ? "" : `  left ${padText(left, widths.left - 5, "right")}`;
  if (quiet === null) return rateCell + leftCell;
  const room = (widths.rate === 0 ? 0 : widths.rate + 2) + (widths.left === 0 ? 0 : widths.left);
  return quiet.length <= room ? `  ${quiet}` : null;
}

function renderNote(
  head: readonly Segment[],
  row: Row,
  text: string,
  widths: Widths,
  { columns }: RowOptions,
): Segment[][] {
  const tone = noteTone(row);
  const room = columns - widths.indent;
  const beside = room >= Math.min(NOTE_MIN, stringWidth(text));
  const indent = beside ? widths.indent : NOTE_INDENT;
  const lines = wrapText(text, Math.max(1, columns - indent));
  const [first = "", ...more] = beside ? lines : ["", ...lines];
  const below = more.map((line): Segment[] => [{ text: " ".repeat(indent) + line, tone }]);
  return [[...head, { text: first, tone }], ...below];
}

function noteTone(row: Row): Segment["tone"] {
  return row.tone === "bad" ? "bad" : "plain";
}

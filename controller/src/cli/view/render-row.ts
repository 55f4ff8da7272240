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
  const note = noteOf(row, widths);
  return note === null
    ? [[...head, ...renderMeter(row, widths, options)]]
    : renderNote(head, row, note, widths, options);
}

/** The same in one line, for when there are more drives than lines. */
export function renderShortRow(row: Row, widths: Widths, options: RowOptions): Segment[] {
  const note = noteOf(row, widths);
  return [
    ...renderHead(row, widths, options.mark),
    ...(note === null ? renderMeter(row, widths, options) : [{ text: note, tone: noteTone(row) }]),
  ];
}

/** What is said instead of a bar: also that the drive stands still, where there is no room for that beside the bar. */
function noteOf({ body }: Row, { rate, left }: Widths): string | null {
  if (body.kind === "note") return body.text;
  const room = (rate === 0 ? 0 : rate + GAP) + left;
  return body.quiet === null || body.quiet.length <= room
    ? null
    : `${renderPercent(body.ratio)} ${body.quiet}`;
}

function renderMeter({ body, tone }: Row, widths: Widths, { utf8 }: RowOptions): Segment[] {
  if (body.kind === "note") return [];
  const { filled, empty } = renderBar(body.ratio, { columns: widths.bar, utf8 });
  const cell = (text: string, width: number) =>
    width === 0 ? "" : `  ${padText(text, width, "right")}`;
  const left = body.left === "" ? "" : `left ${padText(body.left, LEFT_TIME, "right")}`;
  const tail = cell(body.rate, widths.rate) + cell(left, widths.left);
  return [
    { text: filled, tone },
    { text: empty, tone: "faint" },
    { text: cell(renderPercent(body.ratio), widths.percent), tone: "plain" },
    body.quiet === null ? { text: tail, tone: "plain" } : { text: `  ${body.quiet}`, tone },
  ];
}

const GAP = 2;
const LEFT_TIME = "23h 59m".length;

/** Never "100.0%" before the end. */
function renderPercent(ratio: number): string {
  return `${(Math.floor(ratio * 1000) / 10).toFixed(1)}%`;
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

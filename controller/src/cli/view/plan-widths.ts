import stringWidth from "string-width";
import type { Row } from "./plan-row.ts";

/** Columns of each part of a drive's line; 0 = left out. */
export type Widths = {
  readonly place: number;
  readonly serial: number;
  readonly word: number;
  readonly bar: number;
  readonly percent: number;
  readonly rate: number;
  readonly left: number;
  /** Where bar or note begins. */
  readonly indent: number;
};

const GAP = 2;
const PLACE_MAX = 24;
const SERIAL_MAX = 20;
const WORD = "canceled".length;
const PERCENT = "100.0%".length;
const RATE = "21.4 MB/s".length;
const LEFT = "left 23h 59m".length;
const BAR_MIN = 10;
const BAR_MAX = 40;

/** What a terminal of this width has room for: the time left goes first, then the rate, then the serial. */
export function planWidths(rows: readonly Row[], columns: number): Widths {
  const place = Math.min(PLACE_MAX, widest(rows.map((row) => row.place)));
  const serial = Math.min(SERIAL_MAX, widest(rows.map((row) => row.serial)));
  const choices = [
    { serial, rate: RATE, left: LEFT },
    { serial, rate: RATE, left: 0 },
    { serial, rate: 0, left: 0 },
    { serial: 0, rate: 0, left: 0 },
  ];
  const planned = choices.map((choice): Widths => {
    const indent = place + GAP + behind(choice.serial) + WORD + GAP;
    const room = columns - indent - before(PERCENT) - before(choice.rate) - before(choice.left);
    const bar = Math.min(BAR_MAX, Math.max(0, room));
    return { ...choice, place, word: WORD, bar, percent: PERCENT, indent };
  });
  const last = planned.at(-1);
  return planned.find((widths) => widths.bar >= BAR_MIN) ?? { ...EMPTY, ...last };
}

const EMPTY: Widths = {
  place: 0,
  serial: 0,
  word: 0,
  bar: 0,
  percent: 0,
  rate: 0,
  left: 0,
  indent: 0,
};

function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, stringWidth(text)), 0);
}

function behind(width: number): number {
  return width === 0 ? 0 : width + GAP;
}

function before(width: number): number {
  return width === 0 ? 0 : GAP + width;
}

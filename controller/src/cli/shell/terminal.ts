import type { Environment, OutputStream } from "./io.ts";

const COLUMNS_DEFAULT = 80;
const ROWS_DEFAULT = 24;

/** How to draw on a stream. */
export type Look = {
  readonly columns: number;
  readonly rows: number;
  readonly color: boolean;
  readonly utf8: boolean;
};

/**
 * What the stream can show.
 *
 * Source: https://no-color.org; locale(7) for the order of LC_ALL, LC_CTYPE, LANG.
 */
export function readLook(stream: OutputStream, env: Environment): Look {
  return {
    columns: stream.columns || COLUMNS_DEFAULT,
    rows: stream.rows || ROWS_DEFAULT,
    color: canDraw(stream, env) && !env["NO_COLOR"],
    utf8: /utf-?8/i.test(env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || ""),
  };
}

/** Whether lines on this stream can be drawn over: a person looks, and the terminal can move its cursor. */
export function canDraw(stream: OutputStream, env: Environment): boolean {
  return stream.isTTY === true && env["TERM"] !== "dumb";
}

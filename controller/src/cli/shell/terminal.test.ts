import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { canDraw, readLook } from "./terminal.ts";

const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 108, rows: 30 });
const pipe = new PassThrough();

test("readLook() reads size and colors of a terminal", () => {
  expect(readLook(terminal, { LANG: "en_GB.UTF-8" })).toEqual({
    columns: 108,
    rows: 30,
    color: true,
    utf8: true,
  });
});

test.each([
  ["a pipe", pipe, {}],
  ["NO_COLOR", terminal, { NO_COLOR: "1" }],
  ["a dumb terminal", terminal, { TERM: "dumb" }],
])("readLook() colors nothing for %s", (_, stream, env) => {
  expect(readLook(stream, env).color).toBe(false);
});

test.each([
  [{}, false],
  [{ LANG: "C" }, false],
  [{ LANG: "en_GB.utf8" }, true],
  [{ LANG: "en_GB.UTF-8", LC_ALL: "C" }, false],
  [{ LANG: "C", LC_CTYPE: "C.UTF-8" }, true],
])("readLook() of %j draws with UTF-8: %s", (env, utf8) => {
  expect(readLook(terminal, env).utf8).toBe(utf8);
});

test("canDraw() is false where a cursor cannot move", () => {
  expect(canDraw(terminal, {})).toBe(true);
  expect(canDraw(terminal, { TERM: "dumb" })).toBe(false);
  expect(canDraw(pipe, {})).toBe(false);
});

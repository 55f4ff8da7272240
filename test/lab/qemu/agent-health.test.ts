import { expect, test } from "vitest";
import { judgeHealth, parseSize } from "./agent-health.ts";

test("parseSize() takes what was written whole", () => {
  expect(parseSize("7 41 123456\n")).toEqual({ tick: 7, handles: 41, kib: 123456 });
  for (const text of ["", "7 41", "7 41 123456", "7 0 \n", "ls: gone\n"])
    expect(parseSize(text)).toBe(undefined);
});

const before = { tick: 3, handles: 40, kib: 100_000 };
const good =
  '{"level":30,"msg":"content fetched"}\n{"level":40,"msg":"cannot keep automount off"}\n';

test("judgeHealth() lets handles come and go, and finds those that stay", () => {
  expect(judgeHealth(before, { ...before, handles: 46 }, good)).toEqual([]);
  expect(judgeHealth(before, { ...before, handles: 12 }, good)).toEqual([]);
  expect(judgeHealth(before, { ...before, handles: 47 }, good)).toEqual(["holds 7 handles more"]);
});

test("judgeHealth() finds errors in the log, and what Node warns of", () => {
  const error = '{"level":50,"msg":"step failed"}';
  const warning = "(node:153) Warning: Closing file descriptor 23 on garbage collection";
  expect(judgeHealth(before, before, `${good}${error}\n${warning}\n`)).toEqual([
    `logged 1 errors, the last one: ${error}`,
    `was warned by Node: ${warning}`,
  ]);
});

import { expect, test } from "vitest";
import { listNonZeroRuns } from "./list-non-zero-runs.ts";

const UNIT = 64 * 1024;

test("listNonZeroRuns() writes everything but whole units of zeros", () => {
  const bytes = Buffer.alloc(6 * UNIT + 10);
  bytes[UNIT] = 1;
  bytes[3 * UNIT - 1] = 1;
  bytes[6 * UNIT + 9] = 1;
  expect(listNonZeroRuns(bytes)).toEqual([
    [UNIT, 3 * UNIT],
    [6 * UNIT, 6 * UNIT + 10],
  ]);
});

test("listNonZeroRuns() takes bytes without zeros in one piece, and zeros in none", () => {
  expect(listNonZeroRuns(Buffer.alloc(5 * UNIT + 3, 7))).toEqual([[0, 5 * UNIT + 3]]);
  expect(listNonZeroRuns(Buffer.alloc(5 * UNIT + 3))).toEqual([]);
  expect(listNonZeroRuns(Buffer.alloc(1))).toEqual([]);
  expect(listNonZeroRuns(Buffer.alloc(1, 1))).toEqual([[0, 1]]);
  expect(listNonZeroRuns(Buffer.alloc(0))).toEqual([]);
});

test("listNonZeroRuns() leaves out nothing but zeros, wherever a byte is set", () => {
  const broken: number[] = [];
  for (let at = 0; at < 3 * UNIT; at += 997) {
    const bytes = Buffer.alloc(3 * UNIT);
    bytes[at] = 1;
    const [run, ...more] = listNonZeroRuns(bytes);
    const holds = run !== undefined && run[0] <= at && at < run[1] && more.length === 0;
    if (!holds) broken.push(at);
  }
  expect(broken).toEqual([]);
});

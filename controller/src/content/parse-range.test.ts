import { expect, test } from "vitest";
import { parseRange } from "./parse-range.ts";

const part = (startByte: number, endByte: number) => ({ startByte, endByte });

test.each([
  ["bytes=0-0", part(0, 1)],
  ["bytes=0-99", part(0, 100)],
  ["bytes=10-", part(10, 100)],
  ["bytes=99-", part(99, 100)],
  ["bytes=90-1000000000000000000000", part(90, 100)],
  ["bytes=-1", part(99, 100)],
  ["bytes=-1000", part(0, 100)],
  ["bytes=100-", "unsatisfiable"],
  ["bytes=100-200", "unsatisfiable"],
  ["bytes=-0", "unsatisfiable"],
  [undefined, null],
  ["", null],
  ["bytes=-", null],
  ["bytes=9-5", null],
  ["bytes=0-1,5-6", null],
  ["items=0-1", null],
  ["bytes=+1-2", null],
  ["bytes=1.5-2", null],
  ["bytes= 0-1", null],
] as const)("parseRange() reads %j of 100 bytes", (header, expected) => {
  expect(parseRange(header, 100)).toEqual(expected);
});

test("parseRange() finds no byte in an empty body", () => {
  expect(["bytes=0-", "bytes=0-0", "bytes=-1"].map((header) => parseRange(header, 0))).toEqual([
    "unsatisfiable",
    "unsatisfiable",
    "unsatisfiable",
  ]);
});

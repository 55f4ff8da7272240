import { expect, test } from "vitest";
import { TIB } from "../bytes.ts";
import { alignDown, alignUp } from "./align.ts";

test("alignUp() and alignDown() keep multiples and round the rest", () => {
  expect([0, 1, 4095, 4096, 4097].map((value) => alignUp(value, 4096))).toEqual([
    0, 4096, 4096, 4096, 8192,
  ]);
  expect([0, 1, 4095, 4096, 4097].map((value) => alignDown(value, 4096))).toEqual([
    0, 0, 0, 4096, 4096,
  ]);
});

test("alignUp() is exact beyond 32 bits", () => {
  expect(alignUp(2 * TIB + 1, 512)).toBe(2 * TIB + 512);
});

import { expect, test } from "vitest";
import { estimateBuildLeftMs, estimateJobLeftMs } from "./estimate-left.ts";

const WRITE = {
  state: "running",
  phase: "write",
  doneBytes: 250,
  totalBytes: 1000,
  rateBytesPerSecond: 100,
} as const;
const VERIFY = { ...WRITE, phase: "verify" } as const;

test.each([
  ["a write and the read-back after it", WRITE, 17_500],
  ["a read-back", VERIFY, 7_500],
  ["more done than there is", { ...VERIFY, doneBytes: 2000 }, 0],
  ["a seal", { ...WRITE, phase: "seal" }, 0],
  ["an unknown rate", { ...WRITE, rateBytesPerSecond: null }, null],
  ["an unknown total", { ...WRITE, totalBytes: null }, null],
  ["a comparing read", { ...WRITE, phase: "compare" }, null],
  ["a fetch", { ...WRITE, phase: "fetch" }, null],
  ["an assigned job", { ...WRITE, state: "assigned" }, null],
  ["a waiting job", { ...WRITE, state: "pending" }, null],
  ["a failed job", { ...WRITE, state: "failed" }, 0],
] as const)("estimateJobLeftMs() of %s", (_, job, leftMs) => {
  expect(estimateJobLeftMs(job)).toBe(leftMs);
});

test("estimateBuildLeftMs() is what the slowest stick takes", () => {
  expect(estimateBuildLeftMs([VERIFY, WRITE, { ...WRITE, state: "succeeded" }])).toBe(17_500);
});

test("estimateBuildLeftMs() is unknown while one stick is", () => {
  expect(estimateBuildLeftMs([VERIFY, { ...WRITE, state: "pending" }])).toBeNull();
});

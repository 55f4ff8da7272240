import { expect, test } from "vitest";
import { buildCan } from "./build-actions.ts";
import { deriveBuildState } from "./build-state.ts";
import { type JobState, NEW_JOB } from "./job-state.ts";

const GOOD: JobState = { kind: "succeeded", attempt: 1, proof: "read-back" };
const BAD: JobState = {
  kind: "failed",
  attempt: 1,
  problem: { code: "write_failed", detail: "" },
  dirty: true,
};
const STOPPED: JobState = { kind: "canceled", attempt: 1, dirty: false };

test.each([
  [[GOOD, NEW_JOB], "running"],
  [[GOOD, GOOD], "succeeded"],
  [[GOOD, BAD], "partial"],
  [[GOOD, STOPPED], "partial"],
  [[BAD, STOPPED], "failed"],
  [[STOPPED, STOPPED], "canceled"],
] as const)("deriveBuildState() of %j is %s", (jobs, state) => {
  expect(deriveBuildState(jobs)).toBe(state);
});

test("buildCan() lets nobody retry a build that runs or that succeeded", () => {
  expect(buildCan("retry", "running")).toBe(false);
  expect(buildCan("retry", "succeeded")).toBe(false);
  expect(buildCan("retry", "failed")).toBe(true);
});

test("buildCan() lets only a running build be canceled", () => {
  expect(buildCan("cancel", "running")).toBe(true);
  expect(buildCan("cancel", "partial")).toBe(false);
});

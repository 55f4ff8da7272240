import { expect, test } from "vitest";
import { makeBuild, makeFailed, makeJob, makeSucceeded } from "../test-pictures.ts";
import { judgeBuild } from "./judge-build.ts";

test("judgeBuild() is 0 only when every stick is good", () => {
  expect(judgeBuild(makeBuild([makeSucceeded("1")], { state: "succeeded" }))).toEqual({
    ok: true,
    value: 0,
  });
});

test.each([
  ["partial", "build_failed"],
  ["failed", "build_failed"],
  ["canceled", "build_canceled"],
] as const)("judgeBuild() of a build that is %s is %s", (state, code) => {
  const jobs = [makeSucceeded("1"), makeFailed("2"), makeJob("3", { state: "canceled" })];
  const result = judgeBuild(makeBuild(jobs, { state }));
  expect(result).toEqual({
    ok: false,
    problem: {
      code,
      detail:
        'Cannot call build "01JD0000000000000000000001" good: 1 of 3 sticks succeeded (ws-1/2 verify_mismatch, ws-1/3 canceled)',
    },
  });
});

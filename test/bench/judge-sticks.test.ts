import { expect, test } from "vitest";
import { runOf, sampleOf, stickOf } from "./bench-fixture.ts";
import { judgeOthers, judgePacked, judgeRefresh, judgeThrottled } from "./judge-sticks.ts";

test("judgeThrottled() takes wall time against what the drives' speeds allow", () => {
  const samples = { mapped: [sampleOf(10.4), sampleOf(10.6), sampleOf(10.5)] };
  const verdict = judgeThrottled(runOf(samples, { setting: "8 sticks", limitSeconds: 10 }));
  expect(verdict).toMatchObject({ value: 1.05, max: 1.05, reached: true });
  const slow = { mapped: [sampleOf(11, { sticks: [stickOf(11)] })] };
  expect(judgeThrottled(runOf(slow, { limitSeconds: 10 }))).toMatchObject({
    reached: false,
    binds:
      "beyond the drives' 10.00 s: processors 50 % busy; ready after 0.25 s, wrote for 12.00 s, verified for 2.50 s",
  });
});

test("judgeOthers() looks at the last of the others, whatever the slow stick takes", () => {
  const withIt = (seconds: number) =>
    sampleOf(40, { sticks: [stickOf(9), stickOf(seconds), stickOf(40)] });
  const without = sampleOf(10, { sticks: [stickOf(9), stickOf(10)] });
  const judged = (seconds: number) =>
    judgeOthers(
      runOf({ "without it": [without], "with it": [withIt(seconds)] }, { setting: "", targets: 3 }),
    );
  expect(judged(10.2)).toMatchObject({ value: 1.02, reached: true });
  expect(judged(11)).toMatchObject({ value: 1.1, reached: false });
});

test("judgeRefresh() holds each way of refreshing to its part of a full write", () => {
  const samples = {
    "full write": [sampleOf(10)],
    "5 % changed, compared": [sampleOf(2.1)],
    "5 % changed, read-back": [sampleOf(4.1)],
    "all changed": [sampleOf(11.5)],
  };
  expect(
    judgeRefresh(runOf(samples)).map(({ value, reached }) => [value.toFixed(2), reached]),
  ).toEqual([
    ["0.21", true],
    ["0.41", false],
    ["1.15", true],
  ]);
});

test("judgePacked() holds eight sticks to what one takes", () => {
  const samples = { "1 stick": [sampleOf(10)], "8 sticks": [sampleOf(11.6)] };
  expect(judgePacked(runOf(samples))).toMatchObject([{ value: 1.16, max: 1.15, reached: false }]);
});

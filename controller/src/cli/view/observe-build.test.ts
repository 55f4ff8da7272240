import { expect, test } from "vitest";
import { makeBuild, makeJob, makeRunning } from "../test-pictures.ts";
import { measureQuietMs, observeBuild } from "./observe-build.ts";

const AT_50 = makeBuild([makeRunning("1", "write", 50)]);
const AT_51 = makeBuild([makeRunning("1", "write", 51)]);

test("measureQuietMs() counts from the last step that the watcher saw", () => {
  const first = observeBuild(null, AT_50, 1000);
  const second = observeBuild(first, AT_51, 4000);
  const third = observeBuild(second, AT_51, 8000);
  expect(quietOf(third, 8999)).toBeNull();
  expect(quietOf(third, 9000)).toBe(5000);
});

test("measureQuietMs() believes no clock but the watcher's", () => {
  const job = { ...makeRunning("1", "write", 50), progressAtMs: 1 };
  expect(quietOf(observeBuild(null, makeBuild([job]), 1_000_000), 1_000_100)).toBeNull();
});

test.each([
  ["phase", { phase: "verify" }],
  ["attempt", { attempt: 2 }],
] as const)("observeBuild() takes a new %s for a step", (_, change) => {
  const before = observeBuild(null, AT_50, 0);
  const job = { ...makeRunning("1", "write", 50), ...change };
  expect(quietOf(observeBuild(before, makeBuild([job]), 6000), 6000)).toBeNull();
});

test("measureQuietMs() is null for a drive that need not move", () => {
  const waiting = observeBuild(null, makeBuild([makeJob("1")]), 0);
  expect(quietOf(waiting, 60_000)).toBeNull();
});

function quietOf(build: ReturnType<typeof observeBuild>, nowMs: number): number | null {
  const [job] = build.picture.jobs;
  return job === undefined ? null : measureQuietMs(build, job, nowMs);
}

test("measureQuietMs() is null where no progress is reported at all", () => {
  const job = { ...makeRunning("1", "write", 0), totalBytes: null };
  expect(quietOf(observeBuild(null, makeBuild([job]), 0), 60_000)).toBeNull();
});

import type { ProgressEvent } from "@stickfarm/common/wire/progress";
import { expect, test } from "vitest";
import { LatestProgress } from "./latest-progress.ts";
import { progressOf } from "./nats-fixture.ts";

function at(attempt: number, seq: number, jobId = "job"): ProgressEvent {
  return progressOf({ jobId, attempt, seq });
}

test("LatestProgress takes what is newer and nothing late, doubled, reordered or of an older attempt", () => {
  const progress = new LatestProgress();
  const arrivals = [
    [at(1, 2), true],
    [at(1, 1), false],
    [at(1, 2), false],
    [at(1, 5), true],
    [at(1, 4), false],
    [at(2, 0), true],
    [at(1, 9), false],
    [at(2, 1), true],
  ] as const;
  expect(arrivals.map(([event]) => progress.take(event))).toEqual(arrivals.map(([, is]) => is));
  expect(progress.of("job")).toEqual(at(2, 1));
});

test("LatestProgress ends with the same event in whatever order events arrive", () => {
  const events = [at(1, 0), at(1, 7), at(2, 3), at(2, 4), at(2, 4), at(3, 1)];
  const broken = events.flatMap((_event, turn) => {
    const progress = new LatestProgress();
    for (const event of [...events.slice(turn), ...events.slice(0, turn)].reverse()) {
      progress.take(event);
    }
    const last = progress.of("job");
    return last?.attempt === 3 && last.seq === 1 ? [] : [{ turn, last }];
  });
  expect(broken).toEqual([]);
});

test("LatestProgress keeps jobs apart and forgets one when told", () => {
  const progress = new LatestProgress();
  progress.take(at(1, 5, "a"));
  progress.take(at(1, 1, "b"));
  progress.forget("a");
  expect([progress.of("a"), progress.of("b")?.seq]).toEqual([null, 1]);
  expect(progress.take(at(1, 1, "a"))).toBe(true);
});

test("LatestProgress drops the job without news for longest when there are too many", () => {
  const progress = new LatestProgress(2);
  progress.take(at(1, 1, "a"));
  progress.take(at(1, 1, "b"));
  progress.take(at(1, 2, "a"));
  progress.take(at(1, 1, "c"));
  expect(["a", "b", "c"].map((job) => progress.of(job)?.seq)).toEqual([2, undefined, 1]);
});

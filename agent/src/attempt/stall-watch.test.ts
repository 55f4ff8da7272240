import { KIB, MIB } from "@stickfarm/common/bytes";
import { expect, test } from "vitest";
import {
  type Beat,
  beginStallWatch,
  hearBeat,
  judgeDrive,
  type StallWatch,
  stallLimitsOf,
  type Verdict,
} from "./stall-watch.ts";

const LIMITS = stallLimitsOf(180_000);
const WRITE = { call: "write", offsetBytes: 4096 } as const;
const FLUSH = { call: "flush", offsetBytes: 0 } as const;

/** Beats once a second from `fromMs`; what was said of each. */
function watchFor(
  seconds: number,
  beatAt: (second: number) => Beat | null,
  from: StallWatch = beginStallWatch(0),
  fromMs = 0,
): { readonly watch: StallWatch; readonly verdicts: readonly Verdict[] } {
  let watch = from;
  const verdicts: Verdict[] = [];
  for (let second = 1; second <= seconds; second += 1) {
    const nowMs = fromMs + second * 1000;
    const beat = beatAt(second);
    if (beat !== null) watch = hearBeat(watch, beat, nowMs, LIMITS);
    verdicts.push(judgeDrive(watch, nowMs, LIMITS));
  }
  return { watch, verdicts };
}

const moving =
  (bytesPerSecond: number) =>
  (second: number): Beat => ({
    calls: second,
    movedBytes: second * bytesPerSecond,
    waiting: WRITE,
  });
const stuck = (waiting: Beat["waiting"]) => (): Beat => ({ calls: 0, movedBytes: 0, waiting });

/** At which second each kind was said first. */
function firstOf(verdicts: readonly Verdict[]) {
  const at = (is: (verdict: Verdict) => boolean) => verdicts.findIndex(is) + 1;
  return {
    silent: at(({ kind }) => kind === "silent"),
    warned: at((verdict) => verdict.kind === "silent" && verdict.warning !== null),
    hung: at(({ kind }) => kind === "hung"),
  };
}

test("stallLimitsOf() gives the proportions of 30, 120, 180 and 300 s", () => {
  expect(LIMITS).toMatchObject({
    tellMs: 30_000,
    warnMs: 120_000,
    hungMs: 180_000,
    flushMs: 300_000,
  });
});

test("judgeDrive() tells, warns and gives up a drive that does not answer a write", () => {
  const { verdicts } = watchFor(180, stuck(WRITE));
  expect(firstOf(verdicts)).toEqual({ silent: 30, warned: 120, hung: 180 });
  expect(verdicts.at(-1)).toMatchObject({
    problem: {
      code: "drive_hung",
      detail: "Cannot go on: the drive has not answered a write at byte 4096 for 180 s",
    },
  });
});

test("judgeDrive() gives a flush more time", () => {
  expect(firstOf(watchFor(300, stuck(FLUSH)).verdicts)).toEqual({
    silent: 30,
    warned: 120,
    hung: 300,
  });
});

test("judgeDrive() takes a writer that fell silent as it takes a call that does not end", () => {
  const { verdicts } = watchFor(180, (second) => (second === 1 ? stuck(WRITE)() : null));
  expect(firstOf(verdicts).hung).toBe(180);
});

test("judgeDrive() blames no drive that was asked for nothing", () => {
  expect(watchFor(180, stuck(null)).verdicts.at(-1)).toMatchObject({
    problem: { code: "writer_died" },
  });
});

test("judgeDrive() starts again when a call has ended", () => {
  const first = watchFor(100, stuck(WRITE));
  const again = watchFor(
    179,
    () => ({ calls: 1, movedBytes: 16 * MIB, waiting: WRITE }),
    first.watch,
    100_000,
  );
  expect(firstOf(again.verdicts)).toEqual({ silent: 31, warned: 121, hung: 0 });
});

test("judgeDrive() gives up what moves less than 32 KiB/s, and nothing that moves as much", () => {
  expect(firstOf(watchFor(600, moving(30 * KIB)).verdicts).hung).toBe(180);
  expect(watchFor(200, moving(30 * KIB)).verdicts.at(-1)).toMatchObject({
    problem: { code: "drive_slow" },
  });
  for (const rate of [32 * KIB, 64 * KIB, 100 * MIB]) {
    expect(watchFor(1000, moving(rate)).verdicts.every(({ kind }) => kind === "fine")).toBe(true);
  }
});

test("judgeDrive() finds a drive that was fast and then crawls", () => {
  const fast = watchFor(500, moving(20 * MIB)).watch;
  const crawling = (second: number): Beat => ({
    calls: 500 + second,
    movedBytes: 500 * 20 * MIB + second * 10 * KIB,
    waiting: WRITE,
  });
  const { hung } = firstOf(watchFor(900, crawling, fast, 500_000).verdicts);
  expect(hung).toBeGreaterThan(100);
  expect(hung).toBeLessThan(540);
});

test("judgeDrive() does not count the time of a flush as crawling", () => {
  const flushing = watchFor(250, stuck(FLUSH));
  const after = watchFor(
    100,
    (second) => ({ calls: second, movedBytes: second * 100 * KIB, waiting: WRITE }),
    flushing.watch,
    250_000,
  );
  expect(after.verdicts.every(({ kind }) => kind === "fine")).toBe(true);
});

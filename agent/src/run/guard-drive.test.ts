import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { stallLimitsOf } from "../attempt/stall-watch.ts";
import { type DriveGuard, guardDrive } from "./guard-drive.ts";

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

const WRITE = { call: "write", offsetBytes: 0 } as const;

function guard(): { readonly said: string[]; readonly guard: DriveGuard } {
  const said: string[] = [];
  return {
    said,
    guard: guardDrive({
      limits: stallLimitsOf(180_000),
      nowMs: () => Date.now(),
      onSilent: (silentMs) => said.push(`silent ${silentMs}`),
      onWarning: ({ code }) => said.push(`warning ${code}`),
      onHung: ({ code }) => said.push(`hung ${code}`),
    }),
  };
}

test("guardDrive() says each second how long a drive is silent, and warns once", () => {
  const { said, guard: watch } = guard();
  watch.hear({ calls: 0, movedBytes: 0, waiting: WRITE });
  vi.advanceTimersByTime(29_000);
  expect(said).toEqual([]);
  vi.advanceTimersByTime(2_000);
  expect(said).toEqual(["silent 30000", "silent 31000"]);
  vi.advanceTimersByTime(100_000);
  expect(said.filter((words) => words.startsWith("warning"))).toEqual(["warning drive_hung"]);
});

test("guardDrive() tells when the drive answers again, and warns of the next silence", () => {
  const { said, guard: watch } = guard();
  watch.hear({ calls: 0, movedBytes: 0, waiting: WRITE });
  vi.advanceTimersByTime(125_000);
  watch.hear({ calls: 1, movedBytes: 64 << 20, waiting: WRITE });
  vi.advanceTimersByTime(3_000);
  expect(said.slice(-2)).toEqual(["silent 125000", "silent 0"]);
  vi.advanceTimersByTime(125_000);
  expect(said.filter((words) => words.startsWith("warning"))).toHaveLength(2);
});

test("guardDrive() gives up once, and says nothing after its end", () => {
  const { said } = guard();
  vi.advanceTimersByTime(400_000);
  expect(said.filter((words) => words.startsWith("hung"))).toEqual(["hung writer_died"]);
  const ended = guard();
  ended.guard.end();
  vi.advanceTimersByTime(400_000);
  expect(ended.said).toEqual([]);
});

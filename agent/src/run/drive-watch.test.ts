import type { Drive } from "@stickfarm/common/drive/drive";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { watchDrives } from "./drive-watch.ts";

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

const drivesIn = (...bays: readonly string[]) => bays.map((bay) => ({ bay }) as Drive);

/** Looks that see what the test says, or fail. */
function openLooks() {
  const seen: { now: readonly Drive[] | Error } = { now: [] };
  const warn = vi.fn();
  const look = vi.fn(async () => {
    if (seen.now instanceof Error) throw seen.now;
    return seen.now;
  });
  const watch = watchDrives(look, { info: () => undefined, warn, error: () => undefined });
  return { seen, warn, look, watch };
}

test("watchDrives() looks each second, and tells of what has changed only", async () => {
  const { seen, look, watch } = openLooks();
  const drives = await watch;
  const told: (readonly Drive[])[] = [];
  drives.onChange((now) => told.push(now));
  await vi.advanceTimersByTimeAsync(2000);
  expect([look.mock.calls.length, told]).toEqual([3, []]);
  seen.now = drivesIn("1");
  await vi.advanceTimersByTimeAsync(2000);
  expect(told).toEqual([drivesIn("1")]);
  expect(drives.seen()).toEqual(drivesIn("1"));
  drives.close();
});

test("watchDrives() says once that it cannot see, keeps what it saw, and goes on", async () => {
  const { seen, warn, watch } = openLooks();
  seen.now = drivesIn("1");
  const drives = await watch;
  await vi.advanceTimersByTimeAsync(1000);
  for (const time of [1, 2]) {
    seen.now = new Error("EMFILE");
    await vi.advanceTimersByTimeAsync(3000);
    expect([warn.mock.calls.length, drives.seen()]).toEqual([time, drivesIn("1")]);
    seen.now = drivesIn("1");
    await vi.advanceTimersByTimeAsync(1000);
  }
  seen.now = drivesIn("2");
  await vi.advanceTimersByTimeAsync(1000);
  expect(drives.seen()).toEqual(drivesIn("2"));
  drives.close();
});

test("watchDrives() looks no more once it is closed, also when a look is under way", async () => {
  const { look, watch } = openLooks();
  const drives = await watch;
  let end: (drives: readonly Drive[]) => void = () => undefined;
  look.mockReturnValueOnce(
    new Promise((resolve) => {
      end = resolve;
    }),
  );
  await vi.advanceTimersByTimeAsync(1000);
  drives.close();
  end(drivesIn("9"));
  await vi.advanceTimersByTimeAsync(5000);
  expect([look.mock.calls.length, drives.seen(), vi.getTimerCount()]).toEqual([2, [], 0]);
});

import type { Problem } from "@stickfarm/common/problem";
import { expect, test } from "vitest";
import { openLocator } from "./locate-drives.ts";

/** Blinks until it is stopped. */
const untilStopped = (_driveId: string, _durationMs: number, signal: AbortSignal) =>
  new Promise<Problem | null>((resolve) => {
    signal.addEventListener("abort", () => resolve(null));
  });

const never = () => false;
const order = (locateId: string, driveId: string, seconds = 20) => ({ locateId, driveId, seconds });

test("openLocator() blinks until it is stopped by the same id, and not by another", async () => {
  const locator = openLocator(untilStopped, never);
  let ended = false;
  const blinking = locator.take(order("l1", "a")).then((problem) => {
    ended = true;
    return problem;
  });
  await locator.take(order("l2", "a", 0));
  await new Promise(setImmediate);
  expect(ended).toBe(false);
  await locator.take(order("l1", "a", 0));
  expect(await blinking).toBeNull();
});

test("openLocator() touches no drive that is being written, and leaves one that will be", async () => {
  const written = openLocator(untilStopped, (driveId) => driveId === "a");
  expect(await written.take(order("l1", "a"))).toMatchObject({ code: "drive_busy" });
  const locator = openLocator(untilStopped, never);
  const ended: string[] = [];
  const blinking = ["a", "b"].map((id) =>
    locator.take(order(id, id)).then((problem) => {
      ended.push(id);
      return problem;
    }),
  );
  locator.leave("b");
  await blinking[1];
  expect(ended).toEqual(["b"]);
  locator.leave("a");
  expect(await Promise.all(blinking)).toEqual([null, null]);
  const again = locator.take(order("l3", "a"));
  locator.close();
  expect(await again).toBeNull();
});

test("openLocator() blinks one drive once and four drives at most, and for a minute at most", async () => {
  const durations: number[] = [];
  const locator = openLocator((driveId, durationMs, signal) => {
    durations.push(durationMs);
    return untilStopped(driveId, durationMs, signal);
  }, never);
  const take = (id: string) => locator.take(order(id, id, 3600));
  const blinking = [take("a")];
  expect(await locator.take(order("l5", "a"))).toMatchObject({
    code: "drive_busy",
    detail: expect.stringContaining("blinks already"),
  });
  blinking.push(...["b", "c", "d"].map(take));
  expect(await locator.take(order("l6", "e"))).toMatchObject({ code: "drive_busy" });
  locator.close();
  expect(await Promise.all(blinking)).toEqual([null, null, null, null]);
  expect(durations).toEqual([60_000, 60_000, 60_000, 60_000]);
});

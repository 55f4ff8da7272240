import { expect, test } from "vitest";
import { parseDuration, renderDuration, renderElapsed } from "./durations.ts";

test.each([
  [0, "0s"],
  [-5, "0s"],
  [499, "0s"],
  [59_400, "59s"],
  [59_600, "1m 00s"],
  [227_000, "3m 47s"],
  [3_599_000, "59m 59s"],
  [7_500_000, "2h 05m"],
  [273_600_000, "3d 04h"],
])("renderDuration(%i) is %s", (durationMs, text) => {
  expect(renderDuration(durationMs)).toBe(text);
});

test.each([
  [0, "0.0s"],
  [420, "0.4s"],
  [9_949, "9.9s"],
  [9_950, "10s"],
  [227_000, "3m 47s"],
])("renderElapsed(%i) is %s", (durationMs, text) => {
  expect(renderElapsed(durationMs)).toBe(text);
});

test.each([
  ["90s", 90_000],
  ["15m", 900_000],
  [" 24 h ", 86_400_000],
  ["7d", 604_800_000],
])("parseDuration(%j) is %i ms", (text, durationMs) => {
  expect(parseDuration(text)).toEqual({ ok: true, value: durationMs });
});

test.each(["", "15", "m", "0m", "-1m", "1.5h", "15min", "15M", "1h30m", "99999999999999999d"])(
  "parseDuration() refuses %j",
  (text) => {
    const result = parseDuration(text);
    expect(result.ok ? "taken" : result.problem.code).toBe("usage");
  },
);

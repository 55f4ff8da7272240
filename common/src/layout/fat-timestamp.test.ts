import { expect, test } from "vitest";
import { fatTimestamp } from "./fat-timestamp.ts";

test("fatTimestamp() packs date, time and hundredths", () => {
  expect(fatTimestamp(Date.UTC(2026, 11, 31, 23, 59, 59, 990))).toEqual({
    date: (46 << 9) | (12 << 5) | 31,
    time: (23 << 11) | (59 << 5) | 29,
    hundredths: 199,
  });
  expect(fatTimestamp(Date.UTC(2000, 1, 29, 1, 2, 4, 9))).toEqual({
    date: (20 << 9) | (2 << 5) | 29,
    time: (1 << 11) | (2 << 5) | 2,
    hundredths: 0,
  });
});

test("fatTimestamp() clamps to 1980 and 2107", () => {
  const first = { date: (1 << 5) | 1, time: 0, hundredths: 0 };
  expect(fatTimestamp(0)).toEqual(first);
  expect(fatTimestamp(Date.UTC(1980, 0, 1))).toEqual(first);
  const last = { date: (127 << 9) | (12 << 5) | 31, time: (23 << 11) | (59 << 5) | 29 };
  expect(fatTimestamp(Date.UTC(2108, 0, 1))).toEqual({ ...last, hundredths: 199 });
  expect(fatTimestamp(8.64e15)).toEqual({ ...last, hundredths: 199 });
});

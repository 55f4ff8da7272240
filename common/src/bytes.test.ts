import { expect, test } from "vitest";
import { GIB, KIB, MIB, parseBytes, renderBytes, renderRate, TIB } from "./bytes.ts";

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [KIB, "1.00 KiB"],
  [1.5 * GIB, "1.50 GiB"],
  [10 * MIB, "10.0 MiB"],
  [100 * MIB, "100 MiB"],
  [3 * TIB, "3.00 TiB"],
])("renderBytes() renders %d as %s", (bytes, text) => {
  expect(renderBytes(bytes)).toBe(text);
});

test("renderRate() counts in decimal, as makers of sticks do", () => {
  expect(renderRate(21_400_000)).toBe("21.4 MB/s");
});

test.each([
  ["512", 512],
  ["1B", 1],
  ["2GiB", 2 * GIB],
  ["1.5 MiB", 1.5 * MIB],
  [" 16GB ", 16e9],
  ["1TB", 1e12],
])("parseBytes() reads %j as %d", (text, bytes) => {
  expect(parseBytes(text)).toEqual({ ok: true, value: bytes });
});

test.each([
  ["", "no number"],
  ["GiB", "no number"],
  ["-1", "negative"],
  ["0", "nothing"],
  ["1.3", "not whole"],
  ["1 gib", "unknown unit"],
  ["1 GiB of it", "more words"],
  ["0x10", "not decimal"],
  ["9007199254740993", "beyond exact numbers"],
  ["1e3", "exponent"],
])("parseBytes() refuses %j: %s", (text) => {
  expect(parseBytes(text)).toMatchObject({ ok: false, problem: { code: "usage" } });
});

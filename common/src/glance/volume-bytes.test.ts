import { expect, test } from "vitest";
import { holdsAt, numberAt, textAt } from "./volume-bytes.ts";

const BYTES = Uint8Array.of(0x41, 0x42, 0xff, 0x01, 0xc3, 0xa4, 0x41, 0x00);

test("holdsAt() compares text and bytes, and finds nothing beyond the end", () => {
  expect(holdsAt(BYTES, 0, "AB")).toBe(true);
  expect(holdsAt(BYTES, 2, [0xff, 0x01])).toBe(true);
  expect(holdsAt(BYTES, 1, "AB")).toBe(false);
  expect(holdsAt(BYTES, 7, [0, 0])).toBe(false);
});

test("numberAt() reads little-endian numbers, of 8 bytes too", () => {
  expect(numberAt(BYTES, 2, 2)).toBe(0x01ff);
  expect(numberAt(Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 0), 0, 8)).toBe(2 ** 40);
  expect(numberAt(BYTES, 100, 4)).toBe(0);
});

test("textAt() reads UTF-8 and UTF-16", () => {
  expect(textAt(BYTES, 4, { lengthBytes: 2 })).toBe("\u00e4");
  expect(textAt(BYTES, 6, { lengthBytes: 2, encoding: "utf-16le" })).toBe("A");
  expect(textAt(BYTES, 100, { lengthBytes: 2 })).toBe("");
});

import { expect, test } from "vitest";
import { parseVolumeSize, volumeBytesOf } from "./volume-size.ts";

test("volumeBytesOf() is decimal, and no more than the disc of that name holds", () => {
  expect((["650MB", "4GB", "8GB", "unlimited"] as const).map(volumeBytesOf)).toEqual([
    650_000_000,
    4_000_000_000,
    8_000_000_000,
    null,
  ]);
});

test.each([
  ["650MB", 650_000_000],
  ["unlimited", null],
  ["25GB", 25_000_000_000],
  ["100MiB", 104_857_600],
])("parseVolumeSize() reads %s", (text, bytes) => {
  expect(parseVolumeSize(text)).toEqual({ ok: true, value: bytes });
});

test.each(["", "0", "-1", "big", "999kB", "1.5", "650 discs"])(
  "parseVolumeSize() refuses %j",
  (text) => {
    expect(parseVolumeSize(text)).toMatchObject({ problem: { code: "usage" } });
  },
);

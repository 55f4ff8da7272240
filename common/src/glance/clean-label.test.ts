import { expect, test } from "vitest";
import { cleanLabel } from "./clean-label.ts";

test.each([
  ["HQ BOOT    ", "HQ BOOT"],
  ["data\0\0garbage", "data"],
  ["\u202egnp.exe\u001b[2J\n", "\ufffdgnp.exe\ufffd[2J\ufffd"],
  ["x".repeat(500), "x".repeat(40)],
  ["\u{1f4be}".repeat(50), "\u{1f4be}".repeat(40)],
])("cleanLabel() of %j", (text, label) => {
  expect(cleanLabel(text)).toBe(label);
});

import { expect, test } from "vitest";
import { isAskCode } from "./ask.ts";

test("isAskCode() knows what a typed serial overrides, and nothing that must not be overridden", () => {
  expect(["drive_too_large", "drive_foreign_content"].every(isAskCode)).toBe(true);
  const hard = [
    "drive_is_system",
    "drive_in_use",
    "drive_not_drive",
    "drive_not_removable",
    "drive_not_storage",
    "drive_read_only",
    "drive_quarantined",
    "drive_busy",
    "drive_changed",
    "drive_too_small",
    "",
  ];
  expect(hard.filter(isAskCode)).toEqual([]);
});

import { expect, test } from "vitest";
import { renderFields, renderTime } from "./render-fields.ts";

test("renderFields() lines values up and leaves out what is not set", () => {
  const fields = [
    ["Name", "hq"],
    ["Image", ""],
    ["Ended", null],
    ["Manifest", "ab"],
    ["Files", 0],
  ] as const;
  expect(renderFields(fields)).toBe("Name:     hq\nManifest: ab\nFiles:    0\n");
});

test("renderFields() keeps a value on its line", () => {
  expect(renderFields([["Serial", "A1\n\u001b[2J"]])).toBe("Serial: A1\ufffd\ufffd[2J\n");
});

test("renderTime() is UTC to the second", () => {
  expect(renderTime(Date.UTC(2026, 10, 22, 9, 0, 1, 999))).toBe("2026-11-22T09:00:01Z");
  expect(renderTime(0)).toBe("");
  expect(renderTime(null)).toBe("");
});

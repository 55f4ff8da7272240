import stringWidth from "string-width";
import { expect, test } from "vitest";
import { cutText, padText, wrapText } from "./fit-text.ts";

test.each([
  ["A1", 4, "left", "A1  "],
  ["A1", 4, "right", "  A1"],
  ["一二", 5, "left", "一二 "],
  ["A1B2", 2, "left", "A1B2"],
] as const)("padText(%j, %i, %s) is %j", (text, columns, align, padded) => {
  expect(padText(text, columns, align)).toBe(padded);
});

test.each([
  ["A1B2", 4, "…", "A1B2"],
  ["A1B2C3", 4, "…", "A1B…"],
  ["A1 B2C3", 4, "…", "A1…"],
  ["一二三", 4, "…", "一…"],
  ["A1B2C3", 5, "...", "A1..."],
  ["A1B2C3", 2, "...", ".."],
  ["A1B2C3", 0, "...", ""],
  ["A1B2C3", -1, "…", ""],
])("cutText(%j, %i, %j) is %j", (text, columns, mark, cut) => {
  expect(cutText(text, columns, mark)).toBe(cut);
});

test.each([
  ["", 10, [""]],
  ["read-back differs at 3 GiB", 12, ["read-back", "differs at 3", "GiB"]],
  ["0123456789ab cd", 5, ["01234", "56789", "ab cd"]],
  ["0123456789", 5, ["01234", "56789"]],
  ["一二三", 5, ["一二", "三"]],
  ["一", 1, ["一"]],
])("wrapText(%j, %i) is %j", (text, columns, lines) => {
  expect(wrapText(text, columns)).toEqual(lines);
});

test("wrapText() and cutText() never go beyond their columns and lose no word", () => {
  const broken: string[] = [];
  const text = "größer 一二三四五 🦊🦊🦊 read-back-differs-here at 0x00 e\u0301e\u0301e\u0301";
  for (let columns = 2; columns <= 80; columns++) {
    const lines = wrapText(text, columns);
    if (lines.some((line) => stringWidth(line) > columns)) broken.push(`wrap at ${columns}`);
    if (lines.join("").replaceAll(" ", "") !== text.replaceAll(" ", ""))
      broken.push(`lost at ${columns}`);
    if (stringWidth(cutText(text, columns, "…")) > columns) broken.push(`cut at ${columns}`);
  }
  expect(broken).toEqual([]);
});

import { expect, test } from "vitest";
import { escapeUnsafe, sanitizeLines, sanitizeText } from "./sanitize-text.ts";

const UNSAFE: readonly (readonly [string, string])[] = [
  ["escape sequence", "\u001b[2J"],
  ["carriage return", "A1\rB2"],
  ["new line", "A1\nB2"],
  ["backspace", "A1\b"],
  ["delete", "A1\u007f"],
  ["C1 control sequence introducer", "\u009b2J"],
  ["right-to-left override", "\u202egnp.exe"],
  ["isolate", "\u2067abc\u2069"],
  ["right-to-left mark", "\u200f1"],
  ["zero width space", "A\u200b1"],
  ["soft hyphen", "A\u00ad1"],
  ["byte order mark", "\ufeffA1"],
  ["tag character", "A\u{e0041}1"],
  ["line separator", "A\u20281"],
  ["half of a pair", "A\ud8001"],
];

test.each(UNSAFE)("sanitizeText() replaces a %s", (_, text) => {
  expect(sanitizeText(text)).toContain("\ufffd");
  expect(sanitizeText(text)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
});

test.each(UNSAFE)("escapeUnsafe() writes a %s so that JSON gives it back", (_, text) => {
  const json = escapeUnsafe(JSON.stringify(text));
  expect(json).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
  expect(JSON.parse(json)).toBe(text);
});

test("sanitizeText() leaves readable text of any script as it is", () => {
  const text = 'SanDisk "Ultra" 64 GB · größer · 一二三 · محرك · 🦊';
  expect(sanitizeText(text)).toBe(text);
});

test("sanitizeLines() keeps lines and tabs, and nothing else", () => {
  expect(sanitizeLines("a:\r\n\tb: \u001b[31mc\n")).toBe("a:\n\tb: \ufffd[31mc\n");
});

test("escapeUnsafe() keeps the line ends between the lines of a document", () => {
  const document = JSON.stringify({ a: ["\u202e"] }, null, 2);
  expect(escapeUnsafe(document).split("\n")).toHaveLength(5);
});

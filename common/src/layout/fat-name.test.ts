import { expect, test } from "vitest";
import { foldName, whyNotFatName } from "./fat-name.ts";

test.each([
  ["", "empty"],
  [".", "not a name"],
  ["..", "not a name"],
  ["a".repeat(256), "256 UTF-16 units, at most 255"],
  ["😀".repeat(128), "256 UTF-16 units"],
  ["a\u0000b", "control character"],
  ["a\nb", "control character"],
  ["a\u007f", "control character"],
  ...Array.from('"*/:<>?\\|', (c): [string, string] => [`a${c}b`, `a name has "${c}"`]),
  ["a\ud800b", "not a character"],
  ["\udc00", "not a character"],
  ["a\uffff", "not a character"],
  ["a.", "ends in a dot"],
  ["a ", "ends in a dot or a space"],
  ["...", "ends in a dot"],
  ["CON", "device"],
  ["aux.c", "device"],
  ["nul .tar.gz", "device"],
  ["Com1.txt", "device"],
  ["lpt9", "device"],
  ["COM¹", "device"],
  ["conout$", "device"],
])("whyNotFatName() refuses %j", (name, why) => {
  expect(whyNotFatName(name)).toContain(why);
});

test.each([
  "a",
  ".bashrc",
  " a",
  "a b",
  "a..b",
  "a.b.c",
  "+,;=[]",
  "~1",
  "console",
  "com10",
  "com",
  "aux1",
  "xcon",
  "a".repeat(255),
  "😀".repeat(127),
  "日本語.txt",
  "naïve",
  "\u0080",
])("whyNotFatName() takes %j", (name) => {
  expect(whyNotFatName(name)).toBeNull();
});

test.each([
  ["readme.TXT", "README.txt"],
  ["É", "é"],
  ["é", "e\u0301"],
  ["É", "e\u0301"],
  ["ΐ", "ι\u0308\u0301"],
  ["ΣΑΣ", "σας"],
  ["Ж", "ж"],
  ["𐐀", "𐐨"],
])("foldName() takes %j and %j for one name", (left, right) => {
  expect(foldName(left)).toBe(foldName(right));
});

test.each([
  ["ß", "ss"],
  ["a", "á"],
  ["ﬁ", "fi"],
  ["a", "b"],
])("foldName() tells %j from %j", (left, right) => {
  expect(foldName(left)).not.toBe(foldName(right));
});

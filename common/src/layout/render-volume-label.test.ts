import fc from "fast-check";
import { expect, test } from "vitest";
import { renderVolumeLabel } from "./render-volume-label.ts";

test.each([
  ["HQ BOOT", "HQ BOOT", []],
  ["", "", []],
  ["hq boot", "HQ BOOT", ["lower case became upper case"]],
  ["Zürich", "ZURICH", ["accents were dropped", "lower case became upper case"]],
  ["Straße", "STRASSE", ["lower case became upper case"]],
  ["A.B/C", "A_B_C", ['what a FAT label cannot hold became "_"']],
  ["日本", "__", ['what a FAT label cannot hold became "_"']],
  ["😀", "_", ['what a FAT label cannot hold became "_"']],
  [" A ", "A", ["spaces at its ends were dropped"]],
  ["ELEVEN CHAR", "ELEVEN CHAR", []],
  ["TWELVE CHARS", "TWELVE CHAR", ["it was cut after 11 characters"]],
  [
    "TEN CHARS. X",
    "TEN CHARS_",
    ['what a FAT label cannot hold became "_"', "it was cut after 11 characters"],
  ],
])("renderVolumeLabel() makes of %j the label %j and says %j", (text, label, changes) => {
  expect(renderVolumeLabel(text)).toEqual({ label, changes });
});

test("renderVolumeLabel() leaves a label as it is, and says so of every change", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const { label, changes } = renderVolumeLabel(text);
      expect(label).toMatch(/^[ -~]{0,11}$/);
      expect(renderVolumeLabel(label)).toEqual({ label, changes: [] });
      expect(changes.length > 0).toBe(label !== text.normalize("NFC"));
    }),
    { seed: 11 },
  );
});

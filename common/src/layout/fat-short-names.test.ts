import fc from "fast-check";
import { expect, test } from "vitest";
import { foldName, whyNotFatName } from "./fat-name.ts";
import { isShortName, shortNames } from "./fat-short-names.ts";

test.each([
  [["README.TXT"], ["README.TXT"]],
  [["readme.txt"], ["README.TXT"]],
  [["a"], ["A"]],
  [["Long file name.txt"], ["LONGFI~1.TXT"]],
  [["archive.tar.gz"], ["ARCHIV~1.GZ"]],
  [["index.html"], ["INDEX~1.HTM"]],
  [[".bashrc"], ["BASHRC~1"]],
  [["..a"], ["A~1"]],
  [["a+b.c=d"], ["A_B~1.C_D"]],
  [["é.txt"], ["_~1.TXT"]],
  [["😀😀.txt"], ["__~1.TXT"]],
  [["日本語日本語日本語.日本語日"], ["______~1.___"]],
  [["a b"], ["AB~1"]],
  [["a.b.c"], ["AB~1.C"]],
  [["123456789"], ["123456~1"]],
  [
    ["longfilename1.txt", "longfilename2.txt", "LONGFI~1.TXT"],
    ["LONGFI~2.TXT", "LONGFI~3.TXT", "LONGFI~1.TXT"],
  ],
])("shortNames() makes of %j the names %j", (names, expected) => {
  expect(shortNames(names)).toEqual(expected);
});

test("shortNames() shortens the base as the numbers grow", () => {
  const names = Array.from({ length: 12_000 }, (_, index) => `longfilename${index}.txt`);
  const short = shortNames(names);
  expect([1, 9, 10, 99, 100, 999, 1000, 9999, 10_000].map((tail) => short[tail - 1])).toEqual([
    "LONGFI~1.TXT",
    "LONGFI~9.TXT",
    "LONGF~10.TXT",
    "LONGF~99.TXT",
    "LONG~100.TXT",
    "LONG~999.TXT",
    "LON~1000.TXT",
    "LON~9999.TXT",
    "LO~10000.TXT",
  ]);
});

test("shortNames() gives each entry of a directory a valid name of its own", () => {
  const character = fc.constantFrom(..."aAbB1~._ +é日😀".split(/(?:)/u));
  const name = fc
    .string({ unit: character, minLength: 1, maxLength: 14 })
    .filter((text) => whyNotFatName(text) === null);
  const names = fc.uniqueArray(name, { selector: foldName, maxLength: 300, size: "max" });
  fc.assert(
    fc.property(names, (directory) => {
      const short = shortNames(directory);
      expect(new Set(short).size).toBe(directory.length);
      expect(short.filter((text) => !isShortName(text))).toEqual([]);
    }),
    { seed: 83, numRuns: 200 },
  );
});

test("isShortName() demands upper case and 8 + 3 characters", () => {
  expect(["A", "A.B", "ABCDEFGH.IJK", "$%'-_@~`", "!(){}^#&"].filter(isShortName)).toHaveLength(5);
  expect(
    ["a", "", ".A", "A.", "A.B.C", "ABCDEFGHI", "A.BCDE", "A B", "É", "A+B"].filter(isShortName),
  ).toEqual([]);
});

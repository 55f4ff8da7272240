import { expect, test } from "vitest";
import { GIB } from "../bytes.ts";
import { checkTree } from "./check-tree.ts";

const files = (...paths: readonly string[]) => paths.map((path) => ({ path, sizeBytes: 1 }));

test("checkTree() finds nothing in what FAT32 can hold", () => {
  expect(
    checkTree(
      [
        ...files("a/b/c", "a/b.c", "A.TXT", "ß", "ss", "日本語/😀", ".config", "x ~1"),
        { path: "largest", sizeBytes: 4 * GIB - 1 },
        { path: "empty", sizeBytes: 0 },
      ],
      ["a/empty", "a/b", "e/e/e"],
    ),
  ).toEqual([]);
});

test.each([
  [
    "file_too_large",
    [{ path: "install.wim", sizeBytes: 4 * GIB }],
    [],
    '"install.wim" on FAT32: it has 4294967296 bytes (4.00 GiB)',
  ],
  ["path_leaves_tree", files("../a"), [], '"../a"'],
  ["path_leaves_tree", files("a/../b"), [], '"a/../b"'],
  ["path_leaves_tree", files("/etc/passwd"), [], '"/etc/passwd"'],
  ["path_leaves_tree", [], ["../e"], '"../e"'],
  ["name_not_fat", files(""), [], '"" on FAT32: a name is empty'],
  ["name_not_fat", files("a//b"), [], '"a/" on FAT32: a name is empty'],
  ["name_not_fat", files("a/"), [], "a name is empty"],
  ["name_not_fat", files("./a"), [], '"." is not a name'],
  ["name_not_fat", files("a\\b"), [], 'a name has "\\"'],
  ["name_not_fat", files("C:/a"), [], '"C:" on FAT32: a name has ":"'],
  ["name_not_fat", files("dir./a"), [], '"dir." on FAT32: a name ends in a dot'],
  ["name_not_fat", files("dir/aux.h"), [], '"dir/aux.h" on FAT32: Windows opens a device'],
  ["name_not_fat", files("a\u001b[2J"), [], '"a\\u001b[2J" on FAT32: a name has a control'],
  ["name_not_fat", files("a\ud800"), [], '"a\\ud800"'],
  ["name_not_fat", [], ["e "], '"e "'],
  ["names_collide", files("README", "readme"), [], '"readme" on FAT32: beside it lies "README"'],
  ["names_collide", files("d/É", "d/é"), [], '"d/é" on FAT32: beside it lies "É"'],
  ["names_collide", files("\u00e9", "e\u0301"), [], "takes for the same name"],
  ["names_collide", files("Dir/a", "dir/b"), [], '"dir" on FAT32: beside it lies "Dir"'],
  ["names_collide", files("a", "a"), [], "two entries have this path"],
  ["names_collide", files("a", "a/b"), [], '"a" on FAT32: two entries have this path'],
  ["names_collide", files("a"), ["a"], "two entries have this path"],
  ["names_collide", files("A", "a/b"), [], '"a" on FAT32: beside it lies "A"'],
] as const)("checkTree() finds %s in %j %j", (code, entries, emptyDirectories, words) => {
  const findings = checkTree(entries, emptyDirectories);
  expect(findings.map((problem) => problem.code)).toEqual([code]);
  expect(findings[0]?.detail).toContain("Cannot put ");
  expect(findings[0]?.detail).toContain(words);
});

test("checkTree() gives all findings at once, a bad directory once", () => {
  const findings = checkTree(
    [...files("con/a", "con/b", "x", "X", "../y"), { path: "z?", sizeBytes: 5 * GIB }],
    [],
  );
  expect(findings.map(({ code }) => code).sort()).toEqual([
    "file_too_large",
    "name_not_fat",
    "name_not_fat",
    "names_collide",
    "path_leaves_tree",
  ]);
});

test("checkTree() counts the 65536 records of a directory", () => {
  // "." and "..", then two records for each name that is not upper case.
  const names = Array.from({ length: 32_767 }, (_, index) => `d/${index}.txt`);
  expect(checkTree(files(...names), [])).toEqual([]);
  const [finding] = checkTree(files(...names, "d/A"), []);
  expect(finding?.code).toBe("directory_too_large");
  expect(finding?.detail).toContain('"d" on FAT32: its 32768 names take 2097184 bytes');
});

import { expect, test } from "vitest";
import type { TreeFile } from "../media/manifest.ts";
import { mergeDiscs, type ReadDisc } from "./merge-discs.ts";

const ONE = disc(1, 2, ["EFI/a", "both/x", "stickfarm/volume.json"], ["both", "logs"]);
const TWO = disc(2, 2, ["both/y", "stickfarm/volume.json"], []);

test("mergeDiscs() gives all files once, and nothing that a disc says about itself", () => {
  const merged = mergeDiscs([TWO, ONE]);
  expect(merged.ok && merged.value.files.map(({ path }) => path)).toEqual([
    "EFI/a",
    "both/x",
    "both/y",
  ]);
  expect(merged.ok && merged.value.emptyDirectories).toEqual(["logs"]);
});

test("mergeDiscs() leaves a foreign disc as it is", () => {
  const foreign = { ...disc(1, 1, ["stickfarm/x", "a"], []), volume: null };
  const merged = mergeDiscs([foreign, { ...foreign, path: "again.iso" }]);
  expect(merged.ok && merged.value.files.map(({ path }) => path)).toEqual(["a", "stickfarm/x"]);
});

test.each<readonly [string, readonly ReadDisc<TreeFile>[], string]>([
  ["a disc missing", [ONE], "number 2 is missing"],
  ["two missing", [disc(2, 3, [], [])], "number 1, 3 is missing"],
  ["one twice", [ONE, ONE], "given twice"],
  ["another set", [ONE, disc(2, 2, [], [], "other")], "different sets"],
  ["a set of another size", [ONE, disc(2, 3, [], [])], "different sets"],
  ["a foreign disc among them", [ONE, { ...TWO, volume: null }], "different sets"],
])("mergeDiscs() refuses %s", (_, discs, words) => {
  expect(mergeDiscs(discs)).toMatchObject({
    problem: { code: "iso_set_incomplete", detail: expect.stringContaining(words) },
  });
});

test("mergeDiscs() names a file that is not what its disc lists, or is not there", () => {
  const changed = ONE.files.map((file) => ({ ...file, blob: { ...file.blob, sha256: "changed" } }));
  expect(mergeDiscs([{ ...ONE, files: changed }, TWO])).toMatchObject({
    problem: { code: "iso_mismatch", detail: expect.stringMatching(/"EFI\/a" is changed, must/) },
  });
  expect(mergeDiscs([{ ...ONE, files: [] }, TWO])).toMatchObject({
    problem: { code: "iso_mismatch", detail: expect.stringContaining("not there") },
  });
});

test("mergeDiscs() names a place that foreign discs fill differently", () => {
  const foreign = (sha256: string): ReadDisc<TreeFile> => ({
    ...disc(1, 1, [], []),
    volume: null,
    files: [{ path: "setup.exe", blob: { sha256, sizeBytes: 1 }, modifiedAtMs: 0 }],
  });
  expect(mergeDiscs([foreign("a"), foreign("b")])).toMatchObject({
    problem: { code: "names_collide", detail: expect.stringContaining("setup.exe") },
  });
});

function disc(
  volume: number,
  of: number,
  paths: readonly string[],
  emptyDirectories: readonly string[],
  manifestSha256 = "set",
): ReadDisc<TreeFile> {
  const files = paths.map((path) => ({
    path,
    blob: { sha256: `${path} ${path.startsWith("stickfarm") ? volume : ""}`, sizeBytes: 1 },
    modifiedAtMs: 0,
  }));
  const listed = files
    .filter(({ path }) => !path.startsWith("stickfarm"))
    .map(({ path, blob }) => ({ path, ...blob }));
  return {
    path: `${volume}.iso`,
    files,
    emptyDirectories,
    volume: { formatVersion: 1, manifestSha256, volume, of, files: listed },
  };
}

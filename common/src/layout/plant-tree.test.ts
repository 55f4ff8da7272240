import { expect, test } from "vitest";
import { plantTree } from "./plant-tree.ts";

const leaf = (path: string) => ({ path });

function outline(paths: readonly string[], emptyDirectories: readonly string[] = []) {
  return plantTree(paths.map(leaf), emptyDirectories).map(({ path, entries }) => [
    path,
    entries.map(({ kind, name }) => (kind === "directory" ? `${name}/` : name)),
  ]);
}

test("plantTree() puts each directory before those in it and sorts entries by UTF-16 units", () => {
  expect(outline(["b/x", "a/c/z", "a/c/é", "a/c/A", "B", "a-b"], ["e/f"])).toEqual([
    ["", ["B", "a/", "a-b", "b/", "e/"]],
    ["e", ["f/"]],
    ["e/f", []],
    ["b", ["x"]],
    ["a", ["c/"]],
    ["a/c", ["A", "z", "é"]],
  ]);
});

test("plantTree() gives a root to nothing", () => {
  expect(outline([])).toEqual([["", []]]);
});

test("plantTree() keeps what a check must see: doubles, a file that is a directory, empty names", () => {
  expect(outline(["a", "a", "a/b", "c//d"])).toEqual([
    ["", ["a", "a", "a/", "c/"]],
    ["a", ["b"]],
    ["c", ["/"]],
    ["c/", ["d"]],
  ]);
});

test("plantTree() knows each directory's parent", () => {
  const [root, a, b] = plantTree([leaf("a/b/c")], []);
  expect(root?.parent).toBeNull();
  expect(a?.parent).toBe(root);
  expect(b?.parent).toBe(a);
});

test("plantTree() takes a path of 20,000 directories", () => {
  expect(plantTree([leaf(`${"a/".repeat(20_000)}x`)], [])).toHaveLength(20_001);
});

import { expect, test } from "vitest";
import { foldersOf, packageFolder } from "./stick-path.ts";

test.each([
  ["/", []],
  ["", []],
  ["/tools", ["tools"]],
  ["/tools/", ["tools"]],
  ["/a/b c/d", ["a", "b c", "d"]],
])("foldersOf() splits %j into %j", (at, folders) => {
  expect(foldersOf(at)).toEqual(folders);
});

test("foldersOf() keeps an empty name, so that it can be refused", () => {
  expect(foldersOf("/a//b")).toEqual(["a", "", "b"]);
  expect(foldersOf("//")).toEqual([]);
  expect(foldersOf("///")).toEqual(["", ""]);
});

test("packageFolder() is ours, with the package's name", () => {
  expect(packageFolder("prestart-hq")).toBe("stickfarm/packages/prestart-hq");
});

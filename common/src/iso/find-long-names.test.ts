import { expect, test } from "vitest";
import { findLongNames } from "./find-long-names.ts";

test("findLongNames() finds what Joliet cuts, files and folders", () => {
  const paths = [`a/${"n".repeat(103)}`, "n".repeat(104), `${"f".repeat(104)}/x`, "a/b/c"];
  expect(findLongNames(paths.map((path) => ({ path })))).toEqual([paths[1], paths[2]]);
});

import { expect, test } from "vitest";
import { foundIn } from "./test-findings.ts";

test("checkBootImage() takes a boot image, for all computers or for some", () => {
  expect(foundIn({ bootImage: { name: "winpe-x64" } })).toEqual([]);
  const targetArchitectures = ["x64", "x86", "arm64"];
  expect(foundIn({ bootImage: { name: "winpe-x64", targetArchitectures } })).toEqual([]);
});

test("checkBootImage() warns of files alone and refuses nothing at all", () => {
  expect(foundIn({ bootImage: undefined, files: [{ content: "tools" }] })).toEqual([
    "warning spec: names no bootImage: a computer starts from this stick only if its files hold a loader",
  ]);
  for (const files of [undefined, []]) {
    expect(foundIn({ bootImage: undefined, files })).toEqual([
      "error spec: names neither bootImage nor files, must name one of them",
    ]);
  }
});

test.each([
  [{ name: "WinPE" }, /^error spec\.bootImage\.name: is "WinPE", must be 1 to 63/],
  [
    { name: "winpe", targetArchitectures: [] },
    /^error spec\.bootImage\.targetArchitectures: is an empty list/,
  ],
  [
    { name: "winpe", targetArchitectures: ["x64", "arm64", "x64"] },
    /^error spec\.bootImage\.targetArchitectures\[2\]: is x64 again$/,
  ],
])("checkBootImage() finds in %j what is wrong", (bootImage, rule) => {
  const found = foundIn({ bootImage });
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(rule);
});

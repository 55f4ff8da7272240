import { expect, test } from "vitest";
import { foundIn } from "./test-findings.ts";

test.each(["/", "/tools", "/tools/", "/a b/ä/c.d", "/stickfarm-tools", "/EFI"])(
  "checkFiles() takes %j as a place",
  (at) => {
    expect(foundIn({ files: [{ content: "tools", at }] })).toEqual([]);
  },
);

test.each([
  ["tools", "must be a folder of the stick and begin with /"],
  ["", "must be a folder of the stick and begin with /"],
  ["C:\\tools", "must be a folder of the stick and begin with /"],
  ["/a:b", 'which FAT32 cannot hold: a name has ":", which is not possible'],
  ["/a/../b", 'which FAT32 cannot hold: ".." is not a name'],
  ["/a//b", "which FAT32 cannot hold: a name is empty"],
  ["//", null],
  ["/a\\b", 'which FAT32 cannot hold: a name has "\\", which is not possible'],
  ["/con/x", "which FAT32 cannot hold: Windows opens a device of this name instead"],
  ["/stickfarm", "must be another folder: /stickfarm is stickfarm's own"],
  ["/StickFarm/packages", "must be another folder: /stickfarm is stickfarm's own"],
])("checkFiles() judges %j as a place", (at, rule) => {
  const found = foundIn({ files: [{ content: "tools", at }] });
  const expected = `error spec.files[0].at: is ${JSON.stringify(at)}, ${rule}`;
  expect(found).toEqual(rule === null ? [] : [expected]);
});

test("checkFiles() refuses the same content twice in one place, however it is spelt", () => {
  const files = [
    { content: "tools", at: "/" },
    { content: "tools", at: "/a" },
    { content: "other" },
    { content: "tools" },
    { content: "tools", at: "/A/" },
  ];
  expect(foundIn({ files })).toEqual([
    "error spec.files[3]: is the same as files[0]",
    "error spec.files[4]: is the same as files[1]",
  ]);
});

test("checkFiles() checks the names of contents", () => {
  expect(foundIn({ files: [{ content: "My Tools" }] })[0]).toMatch(
    /^error spec\.files\[0\]\.content: is "My Tools", must be/,
  );
});

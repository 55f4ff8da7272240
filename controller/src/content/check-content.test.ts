import type { Content, ContentBody } from "@stickfarm/common/media/content";
import type { TreeFile } from "@stickfarm/common/media/manifest";
import { imageContent, treeContent, treeFile } from "@stickfarm/common/media/test-library";
import { expect, test } from "vitest";
import { whyNotContent } from "./check-content.ts";

/** A library with every blob, in the size that is claimed. */
const agree = (content: Content) => async (sha256: string) => {
  const { body } = content;
  const blobs = body.kind === "tree" ? body.files.map(({ blob }) => blob) : [body.stored];
  return blobs.find((blob) => blob.sha256 === sha256)?.sizeBytes ?? null;
};

test.each([
  ["path_leaves_tree", ["../x"]],
  ["path_leaves_tree", ["a/../../x"]],
  ["path_leaves_tree", ["/etc/passwd"]],
  ["name_not_fat", ["a//b"]],
  ["name_not_fat", ["a/./b"]],
  ["name_not_fat", ["a\\..\\b"]],
  ["name_not_fat", ["NUL"]],
  ["name_not_fat", ["aux/x.txt"]],
  ["name_not_fat", ["trailing./x"]],
  ["name_not_fat", ["bell\u0007"]],
  ["name_not_fat", ["x".repeat(256)]],
  ["names_collide", ["Readme", "README"]],
  ["names_collide", ["é", "E\u0301"]],
  ["names_collide", ["a", "a/b"]],
  ["names_collide", ["a", "a"]],
])("whyNotContent() says %s of a tree with %j", async (code, paths) => {
  const content = treeContent(
    "x",
    paths.map((path) => treeFile(path)),
  );
  expect(await whyNotContent(content, agree(content))).toMatchObject({ code });
});

test("whyNotContent() looks at empty directories as well", async () => {
  const content = withBody({ kind: "tree", files: [], emptyDirectories: ["a/../../b"] });
  expect(await whyNotContent(content, agree(content))).toMatchObject({ code: "path_leaves_tree" });
});

test("whyNotContent() takes what is sound, files that only another file system holds too", async () => {
  const files: readonly TreeFile[] = [treeFile("a/b"), treeFile("install.wim", 5 * 1024 ** 3)];
  for (const content of [treeContent("x", files), imageContent("y")])
    expect(await whyNotContent(content, agree(content))).toBeNull();
});

test("whyNotContent() believes no size, and names what is missing", async () => {
  const content = treeContent(
    "x",
    ["a", "b"].map((path) => treeFile(path, 10)),
  );
  expect(await whyNotContent(content, async () => 11)).toMatchObject({
    code: "usage",
    detail:
      'Cannot add content "x": "a" has 11 bytes in the library, must have the 10 that are claimed',
  });
  expect(await whyNotContent(content, async () => null)).toMatchObject({
    code: "content_missing",
    detail: expect.stringContaining("2 of its files are not in the library (a, b)"),
  });
});

const BAD_MAPS: readonly (readonly [string, readonly (readonly [number, number])[]])[] = [
  [
    "overlap",
    [
      [0, 10],
      [5, 10],
    ],
  ],
  [
    "go back",
    [
      [20, 10],
      [0, 10],
    ],
  ],
  ["are empty", [[0, 0]]],
  ["lie behind the end", [[1000, 100]]],
];

test.each(BAD_MAPS)("whyNotContent() refuses a block map whose ranges %s", async (_, ranges) => {
  const { body } = imageContent("y");
  if (body.kind !== "image") throw new Error("unreachable");
  const mapped = ranges.map(([offsetBytes, lengthBytes]) => ({ offsetBytes, lengthBytes }));
  const content = withBody({ ...body, mapped });
  expect(await whyNotContent(content, agree(content))).toMatchObject({ code: "usage" });
});

test("whyNotContent() refuses an image that is what it is not", async () => {
  const { body } = imageContent("y");
  if (body.kind !== "image") throw new Error("unreachable");
  const content = withBody({ ...body, expanded: { sha256: "0".repeat(64), sizeBytes: 1 } });
  expect(await whyNotContent(content, agree(content))).toMatchObject({ code: "usage" });
});

function withBody(body: ContentBody): Content {
  return { ...treeContent("x"), body };
}

import { treeFile } from "@stickfarm/common/media/test-library";
import { expect, test } from "vitest";
import { composeTree, type PlacedTree } from "./compose-tree.ts";

test("composeTree() puts trees at their places, sorted by path", () => {
  const { files, emptyDirectories, problems } = composeTree([
    tree("a", "", ["z.txt", "EFI/BOOT/BOOTX64.EFI"], ["empty"]),
    tree("b", "tools/x", ["run.cmd", "sub/y"], ["logs"]),
    tree("c", "new", [], [""]),
  ]);
  expect(problems).toEqual([]);
  expect(files.map(({ path }) => path)).toEqual([
    "EFI/BOOT/BOOTX64.EFI",
    "tools/x/run.cmd",
    "tools/x/sub/y",
    "z.txt",
  ]);
  expect(emptyDirectories).toEqual(["empty", "new", "tools/x/logs"]);
});

test("composeTree() keeps size, digest and date of each file", () => {
  const file = treeFile("a", 7);
  const { files } = composeTree([{ ...tree("x", "to", []), files: [file] }]);
  expect(files).toEqual([{ ...file, path: "to/a" }]);
});

test("composeTree() takes a folder that two trees have for one, spelt as the first spells it", () => {
  const { files, emptyDirectories, problems } = composeTree([
    tree("a", "", ["EFI/Boot/bootx64.efi"], ["Logs/x"]),
    tree("b", "efi", ["BOOT/grub.cfg", "Microsoft/BCD"], []),
    tree("c", "", ["logs/y/z.txt"], ["LOGS/Y", "logs/w"]),
  ]);
  expect(problems).toEqual([]);
  expect(files.map(({ path }) => path)).toEqual([
    "EFI/Boot/bootx64.efi",
    "EFI/Boot/grub.cfg",
    "EFI/Microsoft/BCD",
    "Logs/y/z.txt",
  ]);
  expect(emptyDirectories).toEqual(["Logs/w", "Logs/x"]);
});

test("composeTree() forgets an empty folder when another tree fills it", () => {
  const first = composeTree([tree("a", "", [], ["logs"]), tree("b", "logs", ["x"])]);
  const last = composeTree([tree("b", "logs", ["x"]), tree("a", "", [], ["logs"])]);
  expect([first.emptyDirectories, last.emptyDirectories]).toEqual([[], []]);
});

test.each([
  ["the same file", ["a.txt"], [], ["a.txt"], [], "a.txt", "a.txt"],
  ["one but for case", ["EFI/a.txt"], [], ["efi/A.TXT"], [], "efi/A.TXT", "EFI/a.txt"],
  ["a file where the other has a folder", ["a/b"], [], ["A"], [], "A", "a"],
  ["a folder where the other has a file", ["a"], [], ["A/b"], [], "A", "a"],
  ["a deeper one", ["a/b"], [], ["a/b/c/d"], [], "a/b", "a/b"],
  ["a file where the other has an empty folder", [], ["x/y"], ["x/Y"], [], "x/Y", "x/y"],
  ["an empty folder where the other has a file", ["x"], [], [], ["X"], "X", "x"],
])(
  "composeTree() refuses %s, naming both",
  (_what, files, folders, others, otherFolders, path, there) => {
    const { problems } = composeTree([
      tree("first", "", files, folders),
      tree("second", "", others, otherFolders),
    ]);
    expect(problems).toEqual([
      {
        code: "names_collide",
        detail: `Cannot put "${path}" of content "second" on the stick: content "first" has "${there}" there`,
      },
    ]);
  },
);

test("composeTree() names every collision", () => {
  const { problems } = composeTree([
    tree("first", "", ["a", "b", "c"]),
    tree("second", "", ["A", "b"]),
    tree("third", "", ["C"]),
  ]);
  expect(problems).toHaveLength(3);
});

test("composeTree() keeps our folder ours", () => {
  const { problems } = composeTree([
    { ...tree("us", "", ["stickfarm/media.json"]), isOurs: true },
    tree("a", "", ["StickFarm/x", "StickFarm/y"], ["stickfarm/packages"]),
    tree("b", "", ["stickfarm"]),
    tree("c", "", ["stickfarm.txt", "x/stickfarm/y"]),
  ]);
  expect(problems.map(({ detail }) => detail)).toEqual([
    'Cannot put "StickFarm" of content "a" on the stick: the folder "/stickfarm" is stickfarm\'s own',
    'Cannot put "stickfarm/packages" of content "a" on the stick: the folder "/stickfarm" is stickfarm\'s own',
    'Cannot put "stickfarm" of content "b" on the stick: content "us" has "stickfarm" there',
  ]);
});

test("composeTree() keeps our folder ours, though nothing of ours lies in it", () => {
  const { problems } = composeTree([tree("a", "", ["STICKFARM"])]);
  expect(problems.map(({ detail }) => detail)).toEqual([
    'Cannot put "STICKFARM" of content "a" on the stick: the folder "/stickfarm" is stickfarm\'s own',
  ]);
});

test("composeTree() leaves what one tree spells in two ways for the check of the whole", () => {
  const { files, problems } = composeTree([tree("a", "", ["X/1", "x/2", "f", "F"])]);
  expect(problems).toEqual([]);
  expect(files.map(({ path }) => path)).toEqual(["F", "X/1", "f", "x/2"]);
});

function tree(
  name: string,
  folder: string,
  paths: readonly string[],
  emptyDirectories: readonly string[] = [],
): PlacedTree {
  const files = paths.map((path) => treeFile(path));
  return { owner: `content "${name}"`, isOurs: false, folder, files, emptyDirectories };
}

import { expect, test } from "vitest";
import { GIB, MIB } from "../bytes.ts";
import type { TreeBody } from "../media/manifest.ts";
import { layoutTree, type TreeInput, treeOf } from "./layout-tree.ts";
import { stickIdentity } from "./stick-identity.ts";

const BODY: TreeBody = {
  kind: "tree",
  partitionTable: "mbr",
  fileSystem: "fat32",
  partitionBytes: "fill",
  volumeLabel: "HQ BOOT",
  files: [file("b", 10), file("a", 20)],
  emptyDirectories: [],
  biosBoot: { kind: "none" },
};

function file(path: string, sizeBytes: number) {
  return { path, blob: { sha256: path, sizeBytes }, modifiedAtMs: 0 };
}

function input(body: Partial<TreeBody>, changes: Partial<TreeInput> = {}): TreeInput {
  return {
    body: { ...BODY, ...body },
    geometry: { sizeBytes: 64 * MIB, logicalBlockBytes: 512 },
    identity: stickIdentity("0123456789abcdef0123456789abcdef"),
    stamps: [],
    biosBoot: null,
    ...changes,
  };
}

test("treeOf() sorts files and stamps together by path", () => {
  const stamps = [{ path: "aa", bytes: Uint8Array.of(1, 2), modifiedAtMs: 5 }];
  const tree = treeOf(BODY, stamps);
  expect(tree.ok && tree.value.files).toEqual([
    { path: "a", sizeBytes: 20, modifiedAtMs: 0, content: { kind: "blob", sha256: "a" } },
    {
      path: "aa",
      sizeBytes: 2,
      modifiedAtMs: 5,
      content: { kind: "bytes", bytes: stamps[0]?.bytes },
    },
    { path: "b", sizeBytes: 10, modifiedAtMs: 0, content: { kind: "blob", sha256: "b" } },
  ]);
});

test("layoutTree() does not depend on the order of files", () => {
  const turned = layoutTree(input({ files: BODY.files.toReversed() }));
  expect(turned).toEqual(layoutTree(input({})));
});

test("layoutTree() makes sticks of different identity differ only in their ids", () => {
  const other = stickIdentity("f".repeat(32));
  const [one, two] = [layoutTree(input({})), layoutTree(input({}, { identity: other }))];
  if (!one.ok || !two.ok) throw new Error("not laid out");
  const differing = one.value.extents.filter(
    (extent, index) => !isDeepEqual(extent, two.value.extents[index]),
  );
  expect(differing.map(({ offsetBytes }) => offsetBytes)).toEqual([0, MIB]);
});

function isDeepEqual(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

test.each([
  ["file_too_large", input({ files: [file("install.wim", 4 * GIB)] })],
  [
    "names_collide",
    input({}, { stamps: [{ path: "A", bytes: new Uint8Array(1), modifiedAtMs: 0 }] }),
  ],
  ["drive_too_small", input({}, { geometry: { sizeBytes: 35 * MIB, logicalBlockBytes: 512 } })],
  ["partition_size_invalid", input({ partitionBytes: MIB })],
  [
    "boot_code_unfit",
    input(
      { biosBoot: { kind: "grub", boot: file("", 1).blob, core: file("", 1).blob } },
      { biosBoot: { boot: new Uint8Array(1), core: new Uint8Array(1) } },
    ),
  ],
])("layoutTree() refuses with %s", (code, given) => {
  const layout = layoutTree(given);
  expect(layout.ok ? null : layout.problem.code).toBe(code);
});

test("layoutTree() demands the bytes of the boot code that its body names", () => {
  const biosBoot = { kind: "grub", boot: file("", 1).blob, core: file("", 1).blob } as const;
  expect(() => layoutTree(input({ biosBoot }))).toThrow("boot code comes with its body");
});

test.each(["lower", "TWELVE CHARS", "A.B"])("layoutTree() does not take the label %j", (label) => {
  expect(() => layoutTree(input({ volumeLabel: label }))).toThrow("one that FAT can hold");
});

test("layoutTree() keeps little in memory for a full table of 2 TiB", () => {
  const files = Array.from({ length: 20 }, (_, index) => file(`${index}`, 4 * GIB - 1));
  const geometry = { sizeBytes: 2048 * GIB, logicalBlockBytes: 512 };
  const layout = layoutTree(input({ files }, { geometry }));
  if (!layout.ok) throw new Error(layout.problem.detail);
  const inMemory = layout.value.extents.reduce(
    (sum, { source }) => sum + (source.kind === "bytes" ? source.bytes.length : 0),
    0,
  );
  // 80 GiB in clusters of 32 KiB take 10 MiB of table.
  expect(inMemory).toBeLessThan(21 * MIB);
});

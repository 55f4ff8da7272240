import { expect, test } from "vitest";
import { MIB } from "../bytes.ts";
import type { ImageBody, TreeBody } from "../media/manifest.ts";
import { layoutTree } from "./layout-tree.ts";
import { nameOwners } from "./name-owners.ts";
import { stickIdentity } from "./stick-identity.ts";

const SIZES: Readonly<Record<string, number>> = {
  "a/empty": 0,
  "a/large.wim": 3 * MIB + 7,
  "a/small": 1,
  "b.txt": 4096,
  "c/d/e.bin": 9000,
};
const BODY: TreeBody = {
  kind: "tree",
  partitionTable: "gpt",
  fileSystem: "fat32",
  partitionBytes: "fill",
  volumeLabel: "HQ BOOT",
  files: Object.entries(SIZES).map(([path, sizeBytes]) => ({
    path,
    blob: { sha256: path, sizeBytes },
    modifiedAtMs: 0,
  })),
  emptyDirectories: ["z"],
  biosBoot: { kind: "none" },
};
const PASSPORT = { path: "stickfarm/passport.json", bytes: Buffer.from("pass"), modifiedAtMs: 0 };
const STICK = {
  body: BODY,
  geometry: { sizeBytes: 80 * MIB, logicalBlockBytes: 512 },
  stamps: [PASSPORT],
};

function lay() {
  const identity = stickIdentity("0123456789abcdef0123456789abcdef");
  const layout = layoutTree({ ...STICK, identity, biosBoot: null });
  if (!layout.ok) throw new Error(layout.problem.detail);
  return layout.value.extents;
}

function nameAt(offsetBytes: number, lengthBytes: number): string | null {
  return nameOwners(STICK, { offsetBytes, lengthBytes });
}

test("nameOwners() names the file that the layout put there, at its first and its last byte", () => {
  const wrong = lay().flatMap(({ offsetBytes, lengthBytes, source }) => {
    if (source.kind !== "blob") return [];
    const must = `"${source.sha256}"`;
    const [first, last] = [nameAt(offsetBytes, 1), nameAt(offsetBytes + lengthBytes - 1, 1)];
    return first === must && last === must ? [] : [{ must, first, last }];
  });
  expect(wrong).toEqual([]);
});

test("nameOwners() names a stamp by its path", () => {
  const at = lay().find(
    ({ source }) => source.kind === "bytes" && Buffer.from(source.bytes).includes("pass"),
  );
  expect(nameAt(at?.offsetBytes ?? 0, 4)).toBe('"stickfarm/passport.json"');
});

test("nameOwners() names what is no file", () => {
  const first = lay().find(({ source }) => source.kind === "blob")?.offsetBytes ?? 0;
  expect(nameAt(0, 512)).toBe("the boot code and partition table");
  expect(nameAt(MIB, 4096)).toBe("the file system's own tables");
  expect(nameAt(first - 512, 512)).toBe("the file system's own tables");
  expect(nameAt(MIB - 512, 1024)).toBe(
    "the boot code and partition table and the file system's own tables",
  );
  // Directories lie behind large files.
  expect(nameAt(first + 3 * MIB + 512, 512)).toBe("the file system's own tables");
  expect(nameAt(80 * MIB - 512, 512)).toBe("the stick's last MiB");
});

test("nameOwners() names a few of many files, and says how many more there are", () => {
  const first = lay().find(({ source }) => source.kind === "blob")?.offsetBytes ?? 0;
  expect(nameAt(first, 8 * MIB)).toBe(
    'the file system\'s own tables, "a/large.wim", "a/small", "b.txt" and 2 more files',
  );
});

test("nameOwners() has no name for free space, and none inside an image", () => {
  expect(nameAt(70 * MIB, 512)).toBeNull();
  const image: ImageBody = {
    kind: "image",
    stored: { sha256: "s", sizeBytes: MIB },
    compression: "none",
    expanded: { sha256: "s", sizeBytes: MIB },
    mapped: null,
  };
  expect(nameOwners({ ...STICK, body: image }, { offsetBytes: 0, lengthBytes: 512 })).toBeNull();
});

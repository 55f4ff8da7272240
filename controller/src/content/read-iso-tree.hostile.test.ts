/** Images whose directory records lie: each is refused by name or harmless, ends, and writes nothing outside. */
import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { type FindTool, findTool } from "@stickfarm/common/rim/tools";
import { expect, onTestFinished, test } from "vitest";
import { checkIsoTree } from "./check-iso-tree.ts";
import { type LyingIso, lieInIso, makeIsoImage } from "./iso-fixture.ts";
import { readIsoHead } from "./read-iso-head.ts";
import { withIsoTree } from "./read-iso-tree.ts";
import { scanTree } from "./scan-tree.ts";

const BIG_BYTES = 1_000_000;

type Lie = readonly [what: string, tell: (iso: LyingIso) => void, words: RegExp];

const REFUSED: readonly Lie[] = [
  [
    "a file that is larger than the image",
    (iso) => iso.record("BIG.BIN;1").setBytes(0xfffff000),
    /"\/BIG.BIN;1" has 4294963200 bytes/,
  ],
  [
    "a file that begins behind the image",
    (iso) => iso.record("BIG.BIN;1").setExtent(0x7ffffff0),
    /"\/BIG.BIN;1" has 1000000 bytes from/,
  ],
  [
    "a directory that is larger than the image",
    (iso) => iso.record("SUB").setBytes(0x7ffff800),
    /"\/SUB" has 2147481600 bytes/,
  ],
  [
    "a directory that begins behind the image",
    (iso) => iso.record("SUB").setExtent(0x7ffffff0),
    /"\/SUB" has/,
  ],
  [
    "a directory that contains itself",
    ({ record, rootSector, rootBytes }) => {
      record("SUB").setExtent(rootSector);
      record("SUB").setBytes(rootBytes);
    },
    /the directory "\/SUB" contains itself/,
  ],
  [
    "a record without an end",
    (iso) => iso.record("BIG.BIN;1").setLength(255),
    /length that is not possible|"\/.*" has/,
  ],
  [
    "a record that is too short",
    (iso) => iso.record("BIG.BIN;1").setLength(1),
    /length that is not possible/,
  ],
];

test.each(REFUSED)(
  "withIsoTree() refuses %s, before any program sees it",
  async (_, tell, words) => {
    const { isoPath, temporaryFolder } = await makeIso();
    lieInIso(isoPath, tell);
    let looked = false;
    const findNone: FindTool = async () => {
      looked = true;
      return null;
    };
    const options = { temporaryFolder, findTool: findNone };
    expect(await withIsoTree(isoPath, options, async () => 0)).toMatchObject({
      problem: { code: "archive_unreadable", detail: expect.stringMatching(words) },
    });
    expect(looked).toBe(false);
    expect(await readdir(temporaryFolder)).toEqual([]);
  },
);

test("checkIsoTree() counts bytes as often as they will be written", async () => {
  const { isoPath } = await makeIso();
  const head = await readIsoHead(isoPath);
  if (!head.ok) throw new Error(head.problem.detail);
  const before = await checkIsoTree(isoPath, head.value);
  if (!before.ok) throw new Error(before.problem.detail);
  expect(before.value.contentBytes).toBe(BIG_BYTES + "evil".length + "a".length + "far".length);
  lieInIso(isoPath, (iso) => iso.record("EVIL_NAM.TXT;1").setBytes(BIG_BYTES / 10));
  expect(await checkIsoTree(isoPath, head.value)).toMatchObject({
    value: { contentBytes: before.value.contentBytes + BIG_BYTES / 10 - "evil".length },
  });
});

/** What a program makes of such names is its own affair, as long as it stays inside. */
test.each([
  ["a name that climbs", "evil_name_.txt", "../../evil.txt"],
  ["an absolute name", "evil_name_.txt", "/tmp/evil-.txt"],
  ["a name with a folder", "evil_name_.txt", "sub/evil--.txt"],
  ["a name of dots", "xx", ".."],
  ["a link and a folder of one name", "link", "ldir"],
])("withIsoTree() and scanTree() let nothing out through %s", async (_, from, to) => {
  for (const tool of ["xorriso", "bsdtar"] as const) {
    const path = await findTool(tool);
    // The other has been looked at; where neither is, images are not read at all.
    if (path === null) continue;
    const { folder, isoPath, temporaryFolder } = await makeIso();
    lieInIso(isoPath, (iso) => iso.rename(from, to));
    const options = {
      temporaryFolder,
      findTool: async (name: string) => (name === tool ? path : null),
    };
    const read = await withIsoTree(isoPath, options, (tree) =>
      scanTree(tree, { loops: "leave-out" }),
    );
    const scanned = read.ok ? read.value : null;
    const paths = scanned?.ok ? scanned.value.files.map((file) => file.path) : [];
    expect(paths.filter((name) => name.split("/").includes("..") || name.startsWith("/"))).toEqual(
      [],
    );
    expect(await readdir(temporaryFolder)).toEqual([]);
    expect(await readdir(join(folder, "outside"))).toEqual([]);
    expect((await readdir(folder)).sort()).toEqual(["image.iso", "outside", "temporary", "tree"]);
    expect((await readdir("/tmp")).filter((name) => name === "evil-.txt")).toEqual([]);
  }
});

async function makeIso() {
  const folder = await makeTemporaryFolder(onTestFinished);
  const at = (path: string) => join(folder, path);
  for (const path of ["tree/sub/deeper", "tree/ldir", "outside", "temporary"])
    await mkdir(at(path), { recursive: true });
  await writeFile(at("tree/ldir/f.txt"), "far");
  await writeFile(at("tree/sub/a.txt"), "a");
  await writeFile(at("tree/xx"), "");
  await writeFile(at("tree/evil_name_.txt"), "evil");
  await writeFile(at("tree/big.bin"), Buffer.alloc(BIG_BYTES, 7));
  await symlink(at("outside"), at("tree/link"));
  makeIsoImage(at("image.iso"), at("tree"));
  return { folder, isoPath: at("image.iso"), temporaryFolder: at("temporary") };
}

import { execFile } from "node:child_process";
import { closeSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { GIB, MIB, TIB } from "../bytes.ts";
import type { TreeBody } from "../media/manifest.ts";
import { alignUp } from "./align.ts";
import type { GrubImages } from "./bios-boot.ts";
import type { DriveGeometry } from "./extent.ts";
import { foldName, whyNotFatName } from "./fat-name.ts";
import type { Layout } from "./layout.ts";
import { layoutTree } from "./layout-tree.ts";
import { stickIdentity } from "./stick-identity.ts";

/**
 * Our layout before other people's programs: fsck.fat finds nothing to say, mtools and GRUB's FAT driver read every file
 * back, sfdisk and sgdisk accept the partition table. Drives are sparse files of any size.
 */

const MODIFIED_AT_MS = Date.UTC(2026, 1, 28, 13, 14, 16);

const BLOB = { sha256: "", sizeBytes: 0 };

const GENERAL_TREE: Tree = {
  "readme.txt": 1,
  "UPPER.TXT": 511,
  "MixedCase.Html": 512,
  "long file name with spaces.txt": 513,
  "EFI/BOOT/BOOTX64.EFI": 70_000,
  "boot/grub/grub.cfg": 4096,
  "leer.dat": 0,
  "größe/naïve/日本語.txt": 33_000,
  ".hidden/..dots/a+b,c;d=e[f].x": 4097,
};

test.each<{ size: string; geometry: DriveGeometry; table: Tables }>([
  { size: "64 MiB", geometry: drive(64 * MIB), table: "mbr" },
  { size: "512 MiB", geometry: drive(512 * MIB), table: "gpt" },
  { size: "2 GiB and a bit", geometry: drive(2 * GIB + 12_345 * 512), table: "gpt" },
  { size: "3 GiB of 4096 byte blocks", geometry: drive(3 * GIB, 4096), table: "mbr" },
  { size: "64 GiB", geometry: drive(64 * GIB), table: "mbr" },
  { size: "3 TiB", geometry: drive(3 * TIB), table: "gpt" },
])("layoutTree() satisfies all judges on $size, $table", { timeout: 60_000 }, async (given) => {
  await judge(GENERAL_TREE, given.geometry, given.table);
});

test.each(["mbr", "gpt"] as const)(
  "layoutTree() satisfies all judges with GRUB in the gap of %s",
  async (table) => {
    const grub = { boot: new Uint8Array(512).fill(0xb0), core: new Uint8Array(100_000).fill(0xc0) };
    grub.boot.set([0x55, 0xaa], 510);
    grub.core.set([0x20, 0x08], 0x1fe);
    await judge(GENERAL_TREE, drive(64 * MIB), table, grub);
  },
);

test("layoutTree() satisfies all judges with a thousand names that begin alike", async () => {
  const names = Array.from({ length: 1000 }, (_, index) => [`longfilename${index}.txt`, index % 3]);
  await judge(
    { ...Object.fromEntries(names), "LONGFI~7.TXT": 5, "longfi~8.txt": 9 },
    drive(128 * MIB),
    "mbr",
  );
});

test("layoutTree() satisfies all judges with a deep path and a name of 255 units", async () => {
  const deep = Array.from({ length: 120 }, (_, index) => `directory ${index}`).join("/");
  await judge(
    { [`${deep}/file`]: 600, ["n".repeat(255)]: 3, ["thirteen.unit"]: 2 },
    drive(40 * MIB),
    "gpt",
  );
});

test("layoutTree() satisfies all judges with seeded trees", { timeout: 60_000 }, async () => {
  const name = fc
    .string({ unit: fc.constantFrom(..."aAbBzZ09~._ -+é日ß😀€{}#^"), minLength: 1, maxLength: 20 })
    .filter((text) => whyNotFatName(text) === null);
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join("/"));
  const size = fc.constantFrom(0, 1, 512, 513, 2048, 40_000);
  for (const paths of fc.sample(fc.array(fc.tuple(path, size), { maxLength: 60, size: "max" }), {
    seed: 2026,
    numRuns: 12,
  })) {
    await judge(Object.fromEntries(withoutCollisions(paths)), drive(48 * MIB), "mbr");
  }
});

test("layoutTree() makes a stick full of old data good, and leaves only free space as it was", async () => {
  const geometry = drive(64 * MIB);
  const { layout, blobs } = layOut(GENERAL_TREE, geometry, "gpt");
  const folder = await temporaryFolder();
  const path = join(folder, "drive");
  await writeFile(path, Buffer.alloc(geometry.sizeBytes, 0xaa));
  writeLayout(layout, blobs, { path, fromBytes: 0, untilBytes: geometry.sizeBytes, zeros: true });
  const partition = join(folder, "partition");
  await writeFile(partition, readRange(path, MIB, geometry.sizeBytes - 2 * MIB));
  await expectCleanFat(partition);
  await expectTable(path, "gpt");
  const end = layout.extents.findLast(({ offsetBytes }) => offsetBytes < geometry.sizeBytes - MIB);
  const usedBytes = alignUp((end?.offsetBytes ?? 0) + (end?.lengthBytes ?? 0), 512);
  const free = readRange(path, usedBytes, geometry.sizeBytes - MIB - usedBytes);
  expect(free.length).toBeGreaterThan(60 * MIB);
  expect(free.every((byte) => byte === 0xaa)).toBe(true);
});

/** Path to size. */
type Tree = Readonly<Record<string, number>>;
type Tables = TreeBody["partitionTable"];

async function judge(
  tree: Tree,
  geometry: DriveGeometry,
  table: Tables,
  grub: GrubImages | null = null,
): Promise<void> {
  const { layout, blobs } = layOut(tree, geometry, table, grub);
  const folder = await temporaryFolder();
  const path = join(folder, "drive");
  const partition = join(folder, "partition");
  const untilBytes = Math.min(geometry.sizeBytes - MIB, 2 * TIB);
  writeLayout(layout, blobs, { path, fromBytes: 0, untilBytes: geometry.sizeBytes });
  writeLayout(layout, blobs, { path: partition, fromBytes: MIB, untilBytes });
  await expectCleanFat(partition);
  // sfdisk and sgdisk take every file for one of 512 byte blocks, GRUB as well.
  if (geometry.logicalBlockBytes === 512) await expectTable(path, table);

  const expected = join(folder, "expected");
  await writeTree(tree, blobs, expected);
  if (geometry.logicalBlockBytes === 512) {
    const root = table === "mbr" ? "(loop0,msdos1)/" : "(loop0,gpt1)/";
    await run("grub-fstest", [path, "cmp", root, expected]);
  }
  // mtools knows no characters beyond 16 bits and replaces them.
  if (Object.keys(tree).some((name) => /[\u{10000}-\u{10ffff}]/u.test(name))) return;
  const copied = join(folder, "copied");
  await mkdir(copied);
  await run("mcopy", ["-s", "-m", "-i", `${path}@@1M`, "::/", copied]);
  await run("diff", ["-r", expected, copied]);
  expect(await modified(copied)).toEqual(await modified(expected));
  expect(await run("mlabel", ["-s", "-i", `${path}@@1M`, "::"])).toContain("HQ BOOT");
}

async function expectCleanFat(partition: string): Promise<void> {
  const lines = (await run("fsck.fat", ["-n", partition])).trim().split("\n");
  expect(lines).toEqual([
    expect.stringContaining("fsck.fat"),
    expect.stringMatching(/ \d+ files, \d+\/\d+ clusters$/),
  ]);
}

async function expectTable(path: string, table: Tables): Promise<void> {
  expect(await run("sfdisk", ["--verify", path])).toContain("No errors detected.");
  const { partitiontable } = JSON.parse(await run("sfdisk", ["-J", path]));
  expect({ ...partitiontable, ...partitiontable.partitions[0] }).toMatchObject(
    table === "mbr"
      ? { label: "dos", start: 2048, type: "c", bootable: true }
      : { label: "gpt", start: 2048, name: "HQ BOOT", firstlba: 34 },
  );
  if (table === "gpt") expect(await run("sgdisk", ["-v", path])).toContain("No problems found");
}

function layOut(
  tree: Tree,
  geometry: DriveGeometry,
  partitionTable: Tables,
  grub: GrubImages | null = null,
) {
  const blobs = new Map<string, Buffer>();
  const files = Object.entries(tree).map(([path, sizeBytes]) => {
    blobs.set(path, Buffer.alloc(sizeBytes, `${path} `));
    return { path, blob: { sha256: path, sizeBytes }, modifiedAtMs: MODIFIED_AT_MS };
  });
  const layout = layoutTree({
    body: {
      kind: "tree",
      partitionTable,
      fileSystem: "fat32",
      partitionBytes: "fill",
      volumeLabel: "HQ BOOT",
      files,
      emptyDirectories: ["empty directory", "empty/e2"],
      biosBoot: grub === null ? { kind: "none" } : { kind: "grub", boot: BLOB, core: BLOB },
    },
    geometry,
    identity: stickIdentity("0123456789abcdef0123456789abcdef"),
    stamps: [],
    biosBoot: grub,
  });
  if (!layout.ok) throw new Error(layout.problem.detail);
  return { layout: layout.value, blobs };
}

function writeLayout(
  layout: Layout,
  blobs: ReadonlyMap<string, Buffer>,
  target: { path: string; fromBytes: number; untilBytes: number; zeros?: boolean },
): void {
  const file = openSync(target.path, target.zeros ? "r+" : "w");
  ftruncateSync(file, target.untilBytes - target.fromBytes);
  for (const { offsetBytes, lengthBytes, source } of layout.extents) {
    if (offsetBytes < target.fromBytes || offsetBytes >= target.untilBytes) continue;
    if (source.kind === "zero" && !target.zeros) continue;
    const blob = source.kind === "blob" ? blobs.get(source.sha256) : undefined;
    const bytes = source.kind === "bytes" ? source.bytes : (blob ?? Buffer.alloc(lengthBytes));
    const padded = Buffer.alloc(Math.ceil(lengthBytes / 512) * 512);
    padded.set(bytes);
    writeSync(file, padded, 0, padded.length, offsetBytes - target.fromBytes);
  }
  closeSync(file);
}

async function writeTree(tree: Tree, blobs: ReadonlyMap<string, Buffer>, root: string) {
  for (const path of ["empty directory", "empty/e2"]) {
    await mkdir(join(root, path), { recursive: true });
  }
  for (const path of Object.keys(tree)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), blobs.get(path) ?? "");
    await utimes(join(root, path), MODIFIED_AT_MS / 1000, MODIFIED_AT_MS / 1000);
  }
}

async function modified(root: string): Promise<string[]> {
  const listed = await run("find", [root, "-type", "f", "-printf", "%P %s %T@\\n"]);
  return listed.split("\n").sort();
}

function readRange(path: string, offsetBytes: number, lengthBytes: number): Buffer {
  const bytes = Buffer.alloc(lengthBytes);
  const file = openSync(path, "r");
  readSync(file, bytes, 0, lengthBytes, offsetBytes);
  closeSync(file);
  return bytes;
}

/** Drops what FAT cannot hold beside what came before: a name in another case, a file that is a directory. */
function withoutCollisions(entries: readonly (readonly [string, number])[]) {
  const seen = new Map<string, string>();
  return entries.filter(([path], entry) => {
    const names = path.split("/");
    const steps = names.map((_, index) => {
      const step = names.slice(0, index + 1).join("/");
      return [foldName(step), index + 1 < names.length ? step : `file ${entry}`] as const;
    });
    if (steps.some(([folded, exact]) => (seen.get(folded) ?? exact) !== exact)) return false;
    for (const [folded, exact] of steps) seen.set(folded, exact);
    return true;
  });
}

function drive(sizeBytes: number, logicalBlockBytes = 512): DriveGeometry {
  return { sizeBytes, logicalBlockBytes };
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "stickfarm-layout-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** What the program says on stdout; throws when it does not end with 0. */
async function run(program: string, args: readonly string[]): Promise<string> {
  const env = { PATH: process.env["PATH"], LC_ALL: "C.UTF-8", TZ: "UTC", MTOOLSRC: "/dev/null" };
  return (await promisify(execFile)(program, args, { env, maxBuffer: 64 * MIB })).stdout;
}

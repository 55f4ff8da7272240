import { execFileSync } from "node:child_process";
import {
  chmod,
  copyFile,
  mkdir,
  readdir,
  readFile,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { ok } from "@stickfarm/common/result";
import { makeFakeTool } from "@stickfarm/common/rim/fake-tool";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import type { FindTool } from "@stickfarm/common/rim/tools";
import { expect, onTestFinished, test } from "vitest";
import { asNobody } from "./content-fixture.ts";
import { readIsoHead } from "./read-iso-head.ts";
import { withIsoTree } from "./read-iso-tree.ts";
import { scanTree } from "./scan-tree.ts";

const LONG = "ein langer Name mit Ümlaut, der länger als 31 Zeichen ist.txt";

test("withIsoTree() gives the files of an image and removes them again", async () => {
  const { isoPath, folder } = await makeIso(["-r", "-J"]);
  let seen = "";
  const result = await withIsoTree(isoPath, { temporaryFolder: folder }, async (tree) => {
    seen = tree;
    expect((await stat(join(tree, "boot"))).mode & 0o222).toBe(0);
    const scan = await scanTree(tree, { loops: "leave-out" });
    if (!scan.ok) throw new Error(scan.problems[0]?.detail);
    return scan.value;
  });
  if (!result.ok) throw new Error(result.problem.detail);
  const { files, emptyDirectories, leftOut } = result.value;
  expect(files.map(({ path }) => path)).toEqual(["boot/grub/grub.cfg", "cfg", LONG]);
  expect(files[0]).toMatchObject({ blob: { sizeBytes: 4 }, modifiedAtMs: 1_700_000_000_000 });
  expect([emptyDirectories, leftOut]).toEqual([["empty"], ["debian"]]);
  await expect(stat(seen)).rejects.toThrow("ENOENT");
  expect(await readdir(folder)).toEqual(["image.iso", "tree"]);
});

test("withIsoTree() takes a hybrid image whose first partition has descriptors of its own", async () => {
  const { isoPath, folder } = await makeIso([
    "-r",
    "-J",
    "--protective-msdos-label",
    "-partition_offset",
    "16",
  ]);
  const read = await withIsoTree(isoPath, { temporaryFolder: folder }, (tree) =>
    readFile(join(tree, "boot/grub/grub.cfg"), "utf8"),
  );
  expect(read).toMatchObject({ ok: true });
  // Of the second set, the addresses lead anywhere.
  expect(await readIsoHead(isoPath)).toMatchObject({ value: { roots: { length: 2 } } });
});

test("withIsoTree() removes the files when their use fails", async () => {
  const { isoPath, folder } = await makeIso(["-r"]);
  const using = withIsoTree(isoPath, { temporaryFolder: folder }, async () => {
    throw new Error("later");
  });
  await expect(using).rejects.toThrow("later");
  expect(await readdir(folder)).toEqual(["image.iso", "tree"]);
});

test("withIsoTree() removes read-only folders without being root", async () => {
  const { isoPath } = await makeIso(["-r"]);
  const open = await makeTemporaryFolder(onTestFinished);
  await chmod(open, 0o777);
  await copyFile(isoPath, join(open, "image.iso"));
  const read = await asNobody(() =>
    withIsoTree(join(open, "image.iso"), { temporaryFolder: open }, (tree) =>
      readFile(join(tree, "boot/grub/grub.cfg"), "utf8"),
    ),
  );
  expect(read).toEqual(ok("cfg\n"));
  expect(await readdir(open)).toEqual(["image.iso"]);
});

test("withIsoTree() names what is no ISO image, and one that was cut short", async () => {
  const { isoPath, folder } = await makeIso(["-r"]);
  const whole = await readFile(isoPath);
  const cases: readonly (readonly [Buffer, RegExp])[] = [
    [
      whole.subarray(0, 300_000),
      /it has 300000 bytes \(293 KiB\), must have \d+: it was cut short/,
    ],
    [whole.subarray(0, 30_000), /it holds no ISO 9660 file system/],
    [Buffer.alloc(0), /it holds no ISO 9660 file system/],
    [udfOnly(), /it is UDF only/],
  ];
  for (const [bytes, words] of cases) {
    await writeFile(isoPath, bytes);
    expect(await read(isoPath, folder)).toMatchObject({
      problem: { code: "archive_unreadable", detail: expect.stringMatching(words) },
    });
  }
  expect(await read(join(folder, "none.iso"), folder)).toMatchObject({
    problem: { code: "path_missing" },
  });
});

test("withIsoTree() says what to do with an image whose files are in UDF", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const tree = join(folder, "tree");
  await mkdir(tree);
  await writeFile(join(tree, "README.TXT"), "This disc contains a UDF file system");
  const isoPath = makeImage(folder, tree, []);
  const bytes = await readFile(isoPath);
  bytes.write("NSR02", 20 * 2048 + 1);
  await writeFile(isoPath, bytes);
  expect(await read(isoPath, folder)).toMatchObject({
    problem: { code: "archive_unreadable", detail: expect.stringMatching(/UDF.*mount -o ro/) },
  });
});

test("withIsoTree() takes bsdtar where xorriso is missing, and names both where neither is", async () => {
  const { isoPath, folder } = await makeIso(["-r"]);
  const fake = await makeFakeTool(
    await makeTemporaryFolder(onTestFinished),
    `const [, , x, f, iso, C, folder] = process.argv;
     require("fs").writeFileSync(folder + "/seen", JSON.stringify([x, f, iso, C]));`,
  );
  const onlyBsdtar: FindTool = async (name) => (name === "bsdtar" ? fake : null);
  const options = { temporaryFolder: folder, findTool: onlyBsdtar };
  const result = await withIsoTree(isoPath, options, (tree) =>
    readFile(join(tree, "seen"), "utf8"),
  );
  expect(result).toEqual(ok(JSON.stringify(["-x", "-f", isoPath, "-C"])));
  const none = { temporaryFolder: folder, findTool: async () => null };
  expect(await withIsoTree(isoPath, none, async () => 0)).toMatchObject({
    problem: { code: "tool_missing", detail: expect.stringContaining('"xorriso" and "bsdtar"') },
  });
});

test("withIsoTree() hands on what the program says", async () => {
  const { isoPath, folder } = await makeIso(["-r"]);
  const fake = await makeFakeTool(
    await makeTemporaryFolder(onTestFinished),
    `console.error("xorriso : FAILURE : read error"); process.exitCode = 32;`,
  );
  const options = { temporaryFolder: folder, findTool: async () => fake };
  expect(await withIsoTree(isoPath, options, async () => 0)).toMatchObject({
    problem: { code: "archive_unreadable", detail: expect.stringContaining("read error") },
  });
  expect(await readdir(folder)).toEqual(["image.iso", "tree"]);
});

function read(isoPath: string, temporaryFolder: string) {
  return withIsoTree(isoPath, { temporaryFolder }, async () => "read");
}

async function makeIso(options: readonly string[]) {
  const folder = await makeTemporaryFolder(onTestFinished);
  const tree = join(folder, "tree");
  await mkdir(join(tree, "boot/grub"), { recursive: true });
  await mkdir(join(tree, "empty"));
  await writeFile(join(tree, "boot/grub/grub.cfg"), "cfg\n");
  await utimes(join(tree, "boot/grub/grub.cfg"), 1_700_000_000, 1_700_000_000);
  await writeFile(join(tree, LONG), "");
  await symlink("boot/grub/grub.cfg", join(tree, "cfg"));
  await symlink(".", join(tree, "debian"));
  await chmod(join(tree, "boot"), 0o555);
  return { folder, isoPath: makeImage(folder, tree, options) };
}

function makeImage(folder: string, tree: string, options: readonly string[]): string {
  const isoPath = join(folder, "image.iso");
  execFileSync("xorriso", ["-as", "mkisofs", "-quiet", "-o", isoPath, ...options, tree], {
    stdio: "pipe",
  });
  return isoPath;
}

/** Source: ECMA-167, 2/9 and 3/9.1. */
function udfOnly(): Buffer {
  const bytes = Buffer.alloc(40 * 2048);
  for (const [index, name] of ["BEA01", "NSR03", "TEA01"].entries())
    bytes.write(name, (16 + index) * 2048 + 1);
  return bytes;
}

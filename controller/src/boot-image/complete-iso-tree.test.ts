import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { type FindTool, findTool } from "@stickfarm/common/rim/tools";
import { expect, onTestFinished, test } from "vitest";
import { withIsoTree } from "../content/read-iso-tree.ts";
import { SHIM } from "./boot-image-fixture.ts";
import { type CompleteOptions, completeIsoTree } from "./complete-iso-tree.ts";

const GRUB_RESCUE = "/usr/lib/grub-rescue/grub-rescue-cdrom.iso";
const MEMTEST = "/usr/lib/memtest86+/memtest86+x64.iso";
const DATE_SECONDS = 1_700_000_000;

test("completeIsoTree() makes GRUB's images for Debian's rescue disc, always the same", async () => {
  const seen = new Set<string>();
  for (const _ of [1, 2]) {
    await complete(GRUB_RESCUE, {}, async (folder, lines) => {
      expect(lines).toEqual([expect.stringContaining("boot.img and core.img")]);
      const boot = await readFile(join(folder, "boot/grub/i386-pc/boot.img"));
      const core = await readFile(join(folder, "boot/grub/i386-pc/core.img"));
      expect([boot.length, boot.readUInt16LE(510)]).toEqual([512, 0xaa55]);
      const markers = (await readdir(join(folder, "boot/grub"))).filter((name) =>
        /^image-/.test(name),
      );
      expect(markers).toEqual([expect.stringMatching(/^image-[0-9a-f]{16}$/)]);
      const { mtimeMs } = await stat(join(folder, "boot/grub/i386-pc/core.img"));
      seen.add(`${core.toString("base64")} ${markers} ${mtimeMs}`);
    });
  }
  expect(seen.size).toBe(1);
});

test("completeIsoTree() adds nothing to a disc whose tree has its loaders", async () => {
  await complete(MEMTEST, {}, async (folder, lines) => {
    expect(lines).toEqual([]);
    expect((await readdir(folder)).sort()).toEqual(["EFI", "boot", "boot.catalog"]);
  });
});

test("completeIsoTree() takes the loaders out of the disc's EFI image, with their dates", async () => {
  const { isoPath } = await makeEfiIso();
  await complete(isoPath, {}, async (folder, lines) => {
    expect(lines).toEqual(["Took the EFI loaders out of its EFI image"]);
    const path = join(folder, "EFI/BOOT/BOOTX64.EFI");
    expect(await readFile(path, "utf8")).toBe("loader");
    expect((await stat(path)).mtimeMs).toBe(DATE_SECONDS * 1000);
  });
});

test("completeIsoTree() puts Debian's GRUB in the place of one that finds discs only", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  await mkdir(join(folder, "tree/boot/grub"), { recursive: true });
  await writeFile(join(folder, "tree/boot/grub/grub.cfg"), "echo menu\n");
  const isoPath = join(folder, "disc.iso");
  run("grub-mkrescue", "--locales=", "--fonts=", "--themes=", "-o", isoPath, join(folder, "tree"));
  await complete(isoPath, {}, async (tree, lines) => {
    expect(lines.join("\n")).toMatch(
      /finds discs only: put shim and GRUB[\s\S]*boot.img and core.img/,
    );
    const starter = await readFile(join(tree, "EFI/BOOT/BOOTX64.EFI"));
    expect(starter.equals(await readFile(SHIM))).toBe(true);
    const start = await readFile(join(tree, "EFI/debian/grub.cfg"), "utf8");
    const marker = /\/(boot\/grub\/image-[0-9a-f]{16})/.exec(start)?.[1] ?? "none";
    expect((await stat(join(tree, marker))).isFile()).toBe(true);
    expect((await readdir(tree)).filter((name) => /^efi$/i.test(name))).toEqual(["EFI"]);
  });
  const loadersRoot = await makeTemporaryFolder(onTestFinished);
  await complete(isoPath, { loadersRoot }, async (tree, lines) => {
    expect(lines[1]).toMatch(
      /finds discs only: .* not found on this machine \(`apt-get install shim/,
    );
    expect(await readdir(join(tree, "EFI"))).toEqual(["boot"]);
  });
});

test("completeIsoTree() says what is missing on the machine, and goes on", async () => {
  const { isoPath } = await makeEfiIso();
  const withoutMcopy: FindTool = (name) =>
    name === "mcopy" ? Promise.resolve(null) : findTool(name);
  await complete(isoPath, { findTool: withoutMcopy }, async (folder, lines) => {
    expect(lines).toEqual([expect.stringContaining("`apt-get install mtools`")]);
    expect(await readdir(folder)).not.toContain("EFI");
  });
  const loadersRoot = await makeTemporaryFolder(onTestFinished);
  await complete(GRUB_RESCUE, { loadersRoot }, async (_, lines) => {
    expect(lines).toEqual([
      expect.stringMatching(/not start by BIOS.*`apt-get install grub-pc-bin`/),
    ]);
  });
  const withoutGrub: FindTool = (name) =>
    name === "grub-mkimage" ? Promise.resolve(null) : findTool(name);
  await complete(GRUB_RESCUE, { findTool: withoutGrub }, async (_, lines) => {
    expect(lines).toEqual([expect.stringContaining("grub-common")]);
  });
});

test("completeIsoTree() goes on without an EFI image that is none", async () => {
  const { isoPath } = await makeEfiIso(Buffer.alloc(1024 * 1024, 0x5a));
  await complete(isoPath, {}, async (folder, lines) => {
    expect(lines).toEqual([expect.stringContaining("Its EFI image cannot be read")]);
    expect(await readdir(folder)).not.toContain("EFI");
  });
});

test("completeIsoTree() leaves a disc that starts by nothing as it is", async () => {
  const { isoPath } = await makeIso([]);
  await complete(isoPath, {}, async (folder, lines) => {
    expect([lines, await readdir(folder)]).toEqual([[], ["readme.txt"]]);
  });
});

test("completeIsoTree() stops when it is told to", async () => {
  const { isoPath } = await makeEfiIso();
  const signal = AbortSignal.abort();
  const stopped = await withIsoTree(isoPath, {}, (folder) =>
    completeIsoTree({ isoPath, folder }, { loadersRoot: "/", signal }),
  );
  expect(stopped).toMatchObject({ value: { problem: { code: "canceled" } } });
});

async function complete(
  isoPath: string,
  options: Partial<CompleteOptions>,
  check: (folder: string, lines: readonly string[]) => Promise<void>,
): Promise<void> {
  const used = await withIsoTree(isoPath, {}, async (folder) => {
    const completed = await completeIsoTree({ isoPath, folder }, { loadersRoot: "/", ...options });
    if (!completed.ok) throw new Error(completed.problem.detail);
    await check(folder, completed.value);
  });
  if (!used.ok) throw new Error(used.problem.detail);
}

/** A disc that starts by an EFI image, which holds a loader unless it is told what it holds. */
async function makeEfiIso(image?: Buffer): Promise<{ readonly isoPath: string }> {
  const folder = await makeTemporaryFolder(onTestFinished);
  const path = join(folder, "efi.img");
  await writeFile(path, image ?? Buffer.alloc(1440 * 1024));
  if (image === undefined) {
    const loader = join(folder, "EFI/BOOT/BOOTX64.EFI");
    await mkdir(dirname(loader), { recursive: true });
    await writeFile(loader, "loader");
    await utimes(loader, DATE_SECONDS, DATE_SECONDS);
    run("mformat", "-i", path, "-f", "1440", "::");
    run("mcopy", "-s", "-m", "-i", path, join(folder, "EFI"), "::/");
  }
  return makeIso(["-e", "efi.img", "-no-emul-boot"], await readFile(path));
}

async function makeIso(boot: readonly string[], image?: Buffer) {
  const folder = await makeTemporaryFolder(onTestFinished);
  await mkdir(join(folder, "tree"));
  await writeFile(join(folder, "tree/readme.txt"), "text");
  if (image !== undefined) await writeFile(join(folder, "tree/efi.img"), image);
  const isoPath = join(folder, "image.iso");
  run("xorriso", "-as", "mkisofs", "-r", "-J", "-o", isoPath, ...boot, join(folder, "tree"));
  return { isoPath };
}

function run(program: string, ...args: readonly string[]): void {
  execFileSync(program, args, { stdio: "pipe" });
}

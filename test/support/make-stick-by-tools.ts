import { open, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BootTree } from "./boot-tree.ts";
import { missingPrograms, runProgram } from "./run-program.ts";

const SECTOR_BYTES = 512;
const STICK_BYTES = 64 * 1024 * 1024;
const STICK_SECTORS = STICK_BYTES / SECTOR_BYTES;
/** Sectors that GPT keeps at the end. */
const BACKUP_SECTORS = 64;

const TOOLS = ["sfdisk", "mkfs.fat", "mcopy"];

/** Programs that this machine lacks for it; empty when it can. */
export function missingForStickByTools(): string[] {
  return missingPrograms(...TOOLS);
}

/**
 * The stick as other people's tools make it (sfdisk, mkfs.fat, mtools), in a file of 64 MiB, with GRUB where GRUB's own
 * installer puts it. When this one does not boot, the lab is broken; when only ours does not, our layout is.
 */
export async function makeStickByTools(
  tree: BootTree,
  { path, table }: { readonly path: string; readonly table: "mbr" | "gpt" },
): Promise<void> {
  const plan = PLANS[table];
  await writeFile(path, "");
  await truncate(path, STICK_BYTES);
  await runProgram("sfdisk", ["--quiet", path], { input: plan.script });
  const blocks = Math.floor(plan.fatSectors / 2);
  const format = [
    "-F",
    "32",
    "-s",
    "1",
    "-n",
    "BOOT LAB",
    "--offset",
    `${plan.fatStart}`,
    path,
    `${blocks}`,
  ];
  await runProgram("mkfs.fat", format);
  const volume = `${path}@@${plan.fatStart * SECTOR_BYTES}`;
  const names = ["EFI", "boot", "check", "MediaLabel.txt"].map((name) =>
    join(tree.directory, name),
  );
  const env = { MTOOLS_SKIP_CHECK: "1", LC_ALL: "C.UTF-8" };
  await runProgram("mcopy", ["-i", volume, "-s", ...names, "::/"], { env });
  await installGrub(tree, path, plan.coreStart);
}

const FAT_START = 2048;
const PLANS = {
  mbr: {
    script: `label: dos\nstart=${FAT_START},type=c,bootable\n`,
    fatStart: FAT_START,
    fatSectors: STICK_SECTORS - FAT_START,
    coreStart: 1,
  },
  gpt: {
    script: `label: gpt\nstart=${FAT_START},size=2048,type=21686148-6449-6E6F-744E-656564454649\nstart=4096,size=${STICK_SECTORS - 4096 - BACKUP_SECTORS},type=U\n`,
    fatStart: 4096,
    fatSectors: STICK_SECTORS - 4096 - BACKUP_SECTORS,
    coreStart: FAT_START,
  },
} as const;

/**
 * boot.img names the sector of core.img at 0x5c, and the first sector of core.img names where its rest begins at 0x1f4.
 * Source: grub 2.06, include/grub/i386/pc/boot.h and grub-core/boot/i386/pc/diskboot.S.
 */
async function installGrub(tree: BootTree, path: string, coreStart: number): Promise<void> {
  const boot = (await readFile(join(tree.directory, tree.bootImage))).subarray(0, 440);
  const core = await readFile(join(tree.directory, tree.coreImage));
  boot.writeBigUInt64LE(BigInt(coreStart), 0x5c);
  core.writeBigUInt64LE(BigInt(coreStart + 1), 0x1f4);
  const stick = await open(path, "r+");
  try {
    await stick.write(boot, 0, boot.length, 0);
    await stick.write(core, 0, core.length, coreStart * SECTOR_BYTES);
  } finally {
    await stick.close();
  }
}

import {
  constants,
  copyFile,
  mkdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";
import { UEFI_FILES } from "./debian-loaders.ts";
import { renderSignedStart } from "./render-grub.ts";

/** Where Debian's signed loaders lie in a tree. */
const PLACES = {
  "EFI/BOOT/BOOTX64.EFI": UEFI_FILES.shim,
  "EFI/BOOT/grubx64.efi": UEFI_FILES.grub,
  "EFI/BOOT/mmx64.efi": UEFI_FILES.manager,
} as const;
const START_PATH = "EFI/debian/grub.cfg";
/** GRUB with all its modules has 4 MiB. */
const GRUB_MAX_BYTES = 16 * MIB;

/** Put shim and GRUB as Debian signed them into a tree, with their dates. They must be there. */
export async function addSignedGrub(
  folder: string,
  {
    loadersRoot,
    marker,
    modifiedAtMs,
  }: { loadersRoot: string; marker: string; modifiedAtMs: number },
): Promise<void> {
  for (const [path, { path: source }] of Object.entries(PLACES)) {
    await copyWithDate(join(loadersRoot, source), join(folder, path));
  }
  await writeDated(join(folder, START_PATH), renderSignedStart(marker), modifiedAtMs);
}

export async function copyWithDate(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await rm(to, { force: true });
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  const { mtimeMs } = await stat(from);
  await utimes(to, mtimeMs / 1000, mtimeMs / 1000);
}

export async function writeDated(path: string, text: string, atMs: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  await utimes(path, atMs / 1000, atMs / 1000);
}

/** Whether a file is GRUB, by a name that all of its builds have inside. */
export async function isGrub(path: string): Promise<boolean> {
  if ((await stat(path)).size > GRUB_MAX_BYTES) return false;
  return (await readFile(path)).includes("grub_");
}

import { truncate, writeFile } from "node:fs/promises";
import { runProgram } from "../../support/run-program.ts";

const START_SECTOR = 2048;
const SECTOR_BYTES = 512;

/** A disk image with one FAT32 partition as other people's tools make it, holding `paths`; mostly holes. */
export async function makeFatImage(
  path: string,
  { sizeBytes, paths }: { readonly sizeBytes: number; readonly paths: readonly string[] },
): Promise<void> {
  await writeFile(path, "");
  await truncate(path, sizeBytes);
  const script = `label: dos\nstart=${START_SECTOR},type=c,bootable\n`;
  await runProgram("sfdisk", ["--quiet", path], { input: script });
  const blocks = (sizeBytes / SECTOR_BYTES - START_SECTOR) / 2;
  await runProgram("mkfs.fat", ["-F", "32", "--offset", `${START_SECTOR}`, path, `${blocks}`]);
  const volume = `${path}@@${START_SECTOR * SECTOR_BYTES}`;
  await runProgram("mcopy", ["-s", "-i", volume, ...paths, "::/"], { env: { LANG: "C.UTF-8" } });
}

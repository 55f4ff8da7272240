import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { missingPrograms, runProgram } from "./run-program.ts";
import { makeTempDirectory } from "./temp-directory.ts";

/**
 * A tree that starts on BIOS and UEFI computers, made from Debian's GRUB and memtest86+ without root, mounts or
 * installers. When it starts, GRUB reads every file of the tree with its own FAT driver, compares SHA-256 digests, and
 * only then prints `BOOTED`: the line proves the layout and not only the loader. Then it starts memtest86+.
 */
export type BootTree = {
  readonly directory: string;
  /** Paths of the two files that a manifest's BiosBoot names. */
  readonly bootImage: string;
  readonly coreImage: string;
};

export const BOOTED = {
  bios: /STICK-BOOTED-OK firmware=bios/,
  uefi: /STICK-BOOTED-OK firmware=uefi/,
} as const;

const GRUB = "/usr/lib/grub";
const MEMTEST = ["/boot/memtest86+x64.bin", "/boot/memtest86+x64.efi"];
const MODULES = [
  ...[
    "part_msdos",
    "part_gpt",
    "fat",
    "iso9660",
    "normal",
    "configfile",
    "search",
    "search_fs_file",
  ],
  ...["echo", "serial", "terminal", "test", "cat", "hashsum", "gcry_sha256", "halt", "linux"],
];
/** A name that no other disk of the computer has, so that GRUB finds the stick and nothing else. */
const MARKER = "boot/grub/stickfarm-boot-tree";

/** Packages' files that this machine lacks; empty when the tree can be made. */
export function missingForBootTree(): string[] {
  const files = [`${GRUB}/i386-pc/boot.img`, `${GRUB}/x86_64-efi/fat.mod`, ...MEMTEST];
  return [...missingPrograms("grub-mkimage"), ...files.filter((path) => !existsSync(path))];
}

/** Write the tree into an empty directory; `label` becomes the text of /MediaLabel.txt. */
export async function makeBootTree(directory: string, label = "BOOT LAB"): Promise<BootTree> {
  const at = (path: string): string => join(directory, path);
  const bootImage = "boot/grub/i386-pc/boot.img";
  const coreImage = "boot/grub/i386-pc/core.img";
  for (const folder of ["EFI/BOOT", dirname(bootImage), "check/a folder/with a long name"]) {
    await mkdir(at(folder), { recursive: true });
  }
  await writeFile(at(MARKER), "GRUB looks for this file\n");
  await writeFile(at("MediaLabel.txt"), `${label}\n`);
  await writeFile(
    at("check/a folder/with a long name/Grüße – 3 MB of bytes.bin"),
    pattern(3_000_001),
  );
  await writeFile(at("check/empty"), "");
  await copyFile(join(GRUB, "i386-pc/boot.img"), at(bootImage));
  for (const path of MEMTEST) await copyFile(path, at(path.slice(1)));
  await makeGrub("i386-pc", at(coreImage), ["biosdisk"]);
  await makeGrub("x86_64-efi", at("EFI/BOOT/BOOTX64.EFI"), []);
  await writeFile(at("boot/grub/grub.cfg"), MENU);
  await writeFile(at("check/sums"), await listDigests(directory));
  return { directory, bootImage, coreImage };
}

/** A loader with all modules that it needs inside, so that it reads nothing but files of the tree. */
async function makeGrub(format: string, output: string, modules: readonly string[]): Promise<void> {
  const { path, remove } = await makeTempDirectory();
  try {
    const config = join(path, "early.cfg");
    await writeFile(config, EARLY);
    const options = ["-O", format, "-p", "/boot/grub", "-c", config, "-o", output];
    await runProgram("grub-mkimage", [...options, ...MODULES, ...modules]);
  } finally {
    await remove();
  }
}

/** The list that GRUB checks: lines of sha256sum. */
async function listDigests(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const lines = paths.sort().map(async (path) => {
    const digest = createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
    return `${digest}  ${relative(directory, path)}\n`;
  });
  return (await Promise.all(lines)).join("");
}

/** Bytes without a period, so that no two clusters are alike. */
function pattern(lengthBytes: number): Uint8Array {
  const bytes = new Uint8Array(lengthBytes);
  let word = 0x9e3779b9;
  for (let index = 0; index < lengthBytes; index += 1) {
    word = (Math.imul(word, 1664525) + 1013904223) >>> 0;
    bytes[index] = word >>> 24;
  }
  return bytes;
}

/** BIOS GRUB knows the disk but not the partition, and UEFI firmware may have more disks: look for the marker. */
const EARLY = `search --no-floppy --file --set=root --hint hd0,msdos1 --hint hd0,gpt1 --hint hd0,gpt2 /${MARKER}
set prefix=($root)/boot/grub
`;

const MENU = `serial --unit=0 --speed=115200
terminal_output serial
if [ "$grub_platform" = efi ]; then set firmware=uefi; set suffix=efi; else set firmware=bios; set suffix=bin; fi
echo "STICK-LOADER-RUNS firmware=$firmware root=$root"
cat /MediaLabel.txt
if hashsum --hash sha256 --check /check/sums --prefix /; then
  echo "STICK-BOOTED-OK firmware=$firmware"
else
  echo "STICK-DAMAGED firmware=$firmware"
fi
linux /boot/memtest86+x64.$suffix console=ttyS0,115200
boot
`;

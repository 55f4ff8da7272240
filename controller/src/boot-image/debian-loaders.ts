import { stat } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { isErrnoError } from "@stickfarm/common/rim/file-problem";

/** A loader's file as a Debian package installs it. */
export type DebianFile = {
  readonly path: string;
  readonly debianPackage: string;
};

/** GRUB for BIOS: its boot sector, and the modules that core.img is made of. */
export const GRUB_PC_FOLDER = "usr/lib/grub/i386-pc";

export const BIOS_FILES = {
  boot: { path: `${GRUB_PC_FOLDER}/boot.img`, debianPackage: "grub-pc-bin" },
  modules: { path: `${GRUB_PC_FOLDER}/moddep.lst`, debianPackage: "grub-pc-bin" },
} as const satisfies Record<string, DebianFile>;

/**
 * shim is signed by Microsoft and starts what Debian signed: GRUB, or its own manager of keys. So a stick passes Secure
 * Boot without anybody's own keys.
 */
export const UEFI_FILES = {
  shim: { path: "usr/lib/shim/shimx64.efi.signed", debianPackage: "shim-signed" },
  manager: { path: "usr/lib/shim/mmx64.efi.signed", debianPackage: "shim-helpers-amd64-signed" },
  grub: {
    path: "usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed",
    debianPackage: "grub-efi-amd64-signed",
  },
} as const satisfies Record<string, DebianFile>;

/** Problems: boot_loader_missing, with every file that is not there and the packages that have them. */
export async function checkDebianFiles(
  root: string,
  doing: string,
  files: readonly DebianFile[],
): Promise<Result<void>> {
  const missing: DebianFile[] = [];
  for (const file of files) if (!(await isThere(join(root, file.path)))) missing.push(file);
  if (missing.length === 0) return ok(undefined);
  const paths = missing.map(({ path }) => `"${join(root, path)}"`).join(", ");
  const packages = [...new Set(missing.map(({ debianPackage }) => debianPackage))].join(" ");
  const detail = `${doing}: ${paths} not found on this machine (\`apt-get install ${packages}\`)`;
  return fail({ code: "boot_loader_missing", detail });
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (isErrnoError(error)) return false;
    throw error;
  }
}

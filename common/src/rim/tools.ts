import { access, constants, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import type { Problem } from "../problem.ts";

/**
 * Every program that content may be read or made with, media booted with, or ISO images made. Nothing needs them for a raw
 * image or a folder of files; all decoders have a slower twin in a package. ISO images have none: no kept package reads them.
 */
export const TOOLS = {
  xz: { debianPackage: "xz-utils", reason: "expands on all cores" },
  zstd: {
    debianPackage: "zstd",
    reason: "expands six times as fast as the package, and checks the checksum",
  },
  bzip2: { debianPackage: "bzip2", reason: "expands five times as fast as the package" },
  xorriso: {
    debianPackage: "xorriso",
    reason: "reads the tree of an ISO image without mounting it, and makes and checks ISO images",
  },
  bsdtar: {
    debianPackage: "libarchive-tools",
    reason: "reads an ISO image where xorriso is missing",
  },
  "qemu-system-x86_64": {
    debianPackage: "qemu-system-x86",
    reason: "boots media before a stick is written",
  },
  mcopy: {
    debianPackage: "mtools",
    reason: "reads the EFI image that an ISO image starts by",
  },
  "wimlib-imagex": {
    debianPackage: "wimtools",
    reason: "splits Windows images that FAT32 cannot hold",
  },
  "grub-mkimage": {
    debianPackage: "grub-common",
    reason: "makes GRUB's core.img, so that a BIOS starts a kernel from a stick",
  },
} as const satisfies Record<string, { readonly debianPackage: string; readonly reason: string }>;

export type ToolName = keyof typeof TOOLS;

/** Gives the program's path, or `null` when this machine does not have it. */
export type FindTool = (name: ToolName) => Promise<string | null>;

/** Administrators' programs are often missing from a service's PATH. */
const FOLDERS_ALWAYS = [
  "/usr/local/bin",
  "/usr/bin",
  "/bin",
  "/usr/local/sbin",
  "/usr/sbin",
  "/sbin",
];

export async function findTool(
  name: ToolName,
  searchPath = process.env["PATH"] ?? "",
): Promise<string | null> {
  return await findProgram(name, searchPath);
}

/** Look for a program on PATH and in the system's usual folders. Relative entries of PATH are left out. */
export async function findProgram(name: string, searchPath: string): Promise<string | null> {
  const folders = searchPath.split(":").filter(isAbsolute);
  for (const folder of new Set([...folders, ...FOLDERS_ALWAYS])) {
    const path = join(folder, name);
    if (await isProgram(path)) return path;
  }
  return null;
}

export function toolMissing(doing: string, names: readonly [ToolName, ...ToolName[]]): Problem {
  const packages = names.map((name) => TOOLS[name].debianPackage);
  return {
    code: "tool_missing",
    detail: `${doing}: ${names.map((name) => `"${name}"`).join(" and ")} not found on this machine, one must be (\`apt-get install ${packages[0]}\`)`,
  };
}

export async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

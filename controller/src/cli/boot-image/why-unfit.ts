import type { BootImageFacts } from "@stickfarm/common/media/content";
import type { Problem } from "@stickfarm/common/problem";

const LOADER = /^efi\/boot\/boot(ia32|x64|aa64)\.efi$/i;
const ARCHITECTURE_OF: Readonly<Record<string, string>> = {
  ia32: "x86",
  x64: "x64",
  aa64: "arm64",
};

/**
 * Why a tree is no boot image: nothing in it is started by a firmware, or what is there is for other computers than its
 * name says, which a firmware passes over without a word.
 *
 * Problems: usage.
 */
export function whyUnfit(path: string, bootImage: BootImageFacts): Problem | null {
  const doing = `Cannot add "${path}" as a boot image`;
  if (bootImage.architectures.length === 0 && bootImage.biosBoot === "none") {
    const detail = `${doing}: it holds nothing that firmware starts, it must hold EFI/BOOT/BOOT*.EFI or GRUB for BIOS, or --arch must say what it is`;
    return { code: "usage", detail };
  }
  for (const { path: loader, architecture } of bootImage.details?.loaders ?? []) {
    const named = ARCHITECTURE_OF[LOADER.exec(loader)?.[1]?.toLowerCase() ?? ""];
    if (named === undefined || architecture === null || architecture === named) continue;
    const detail = `${doing}: its "${loader}" is a program for ${architecture}, must be one for ${named}`;
    return { code: "usage", detail };
  }
  return null;
}

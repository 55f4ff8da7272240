import type { Architecture } from "@stickfarm/common/media/architecture";
import type { BootImageFacts } from "@stickfarm/common/media/content";

/** Source: UEFI 2.10 section 3.5.1.1, the file names of removable media; FAT does not tell upper from lower case. */
const UEFI_LOADERS: Readonly<Record<string, Architecture>> = {
  "efi/boot/bootia32.efi": "x86",
  "efi/boot/bootx64.efi": "x64",
  "efi/boot/bootaa64.efi": "arm64",
};

const GRUB_FILES = ["boot/grub/i386-pc/boot.img", "boot/grub/i386-pc/core.img"];

/** What a tree starts on, by the files that firmware looks for. */
export function detectBootFacts(
  files: readonly { readonly path: string }[],
): Omit<BootImageFacts, "details"> {
  const paths = new Set(files.map(({ path }) => path.toLowerCase()));
  const architectures = Object.entries(UEFI_LOADERS)
    .filter(([path]) => paths.has(path))
    .map(([, architecture]) => architecture);
  return {
    architectures,
    biosBoot: GRUB_FILES.every((path) => paths.has(path)) ? "grub" : "none",
  };
}

import type { Architecture } from "./architecture.ts";
import type { BootImageDetails, LoaderFacts } from "./boot-image-facts.ts";
import type { BootImageFacts } from "./content.ts";

/** What starts a boot image; "secure-boot" in a firmware with Microsoft's certificates, as computers are sold. */
export const FIRMWARES = [
  "bios",
  "uefi-ia32",
  "uefi-ia32-secure-boot",
  "uefi-x64",
  "uefi-x64-secure-boot",
  "uefi-aa64",
  "uefi-aa64-secure-boot",
] as const;
export type Firmware = (typeof FIRMWARES)[number];

type UefiName = "ia32" | "x64" | "aa64";

const UEFI_NAMES: Readonly<Record<Architecture, UefiName>> = {
  x86: "ia32",
  x64: "x64",
  arm64: "aa64",
};

/**
 * The common names of the certificates that computers trust as they are sold.
 *
 * Source: Microsoft, "Windows Secure Boot key creation and management guidance", 1.3.2 and 1.3.4.
 */
const TRUSTED_AUTHORITIES: ReadonlySet<string> = new Set([
  "Microsoft Corporation UEFI CA 2011",
  "Microsoft UEFI CA 2023",
  "Microsoft Windows Production PCA 2011",
  "Windows UEFI CA 2023",
]);

/** Every firmware that a boot image starts under, by what its loaders are; in the order of `FIRMWARES`. */
export function listFirmwares({ architectures, biosBoot, details }: BootImageFacts): Firmware[] {
  const found = new Set<Firmware>(biosBoot === "grub" ? ["bios"] : []);
  for (const architecture of architectures) {
    const name = UEFI_NAMES[architecture];
    const loaders = details?.loaders ?? null;
    // An older version looked at the file's name alone, which is still the best that is known.
    const starter = loaders === null ? null : starterOf(loaders, name);
    if (loaders !== null && starter?.architecture !== architecture) continue;
    found.add(`uefi-${name}`);
    if (starter !== null && details !== null && startsSecurely(starter, details, name)) {
      found.add(`uefi-${name}-secure-boot`);
    }
  }
  return FIRMWARES.filter((firmware) => found.has(firmware));
}

function starterOf(loaders: readonly LoaderFacts[], name: UefiName): LoaderFacts | null {
  return loaders.find(({ path }) => path.toLowerCase() === `efi/boot/boot${name}.efi`) ?? null;
}

/**
 * The firmware checks the first loader. When that is shim, shim checks the next one, by its own list of trust that
 * nobody outside can read: that GRUB, and one of the kernels that it starts, is signed by somebody and unchanged is all
 * that can be known.
 */
function startsSecurely(
  starter: LoaderFacts,
  { loaders, kernels }: BootImageDetails,
  name: UefiName,
): boolean {
  const isTrusted = starter.signatures.some(
    ({ authority, coversFile }) => coversFile && TRUSTED_AUTHORITIES.has(authority),
  );
  const next = loaders.find(({ path }) => path.toLowerCase() === `efi/boot/grub${name}.efi`);
  if (!isTrusted || next === undefined) return isTrusted;
  return isSigned(next) && (kernels.length === 0 || kernels.some(isSigned));
}

function isSigned({ signatures }: Pick<LoaderFacts, "signatures">): boolean {
  return signatures.some(({ coversFile }) => coversFile);
}

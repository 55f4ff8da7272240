import type {
  DriverFacts,
  KernelFacts,
  LoaderFacts,
  LoaderSignature,
  WindowsImage,
  WindowsImageFacts,
} from "@stickfarm/common/media/boot-image-facts";
import type { BootImageFacts } from "@stickfarm/common/media/content";
import { listFirmwares } from "@stickfarm/common/media/list-firmwares";

/** What `boot-image add` says it found, a line each. */
export function describeFacts(bootImage: BootImageFacts): readonly string[] {
  const { architectures, biosBoot, details } = bootImage;
  const uefi = architectures.length === 0 ? "no UEFI" : `UEFI on ${architectures.join(", ")}`;
  const bios = biosBoot === "grub" ? "BIOS by GRUB" : "no BIOS boot";
  const isSecure = listFirmwares(bootImage).some((firmware) => firmware.endsWith("secure-boot"));
  const unread = (details?.loaders ?? []).filter(({ architecture }) => architecture === null);
  return [
    `Found: ${uefi}${isSecure ? " with Secure Boot" : ""}; ${bios}`,
    ...unread.map(({ path }) => `"${path}" is no EFI program: firmware will not start it`),
  ];
}

export function describeLoader({ path, architecture, signatures }: LoaderFacts): string {
  return `${path}, ${architecture ?? "no EFI program"}, ${describeSignatures(signatures)}`;
}

export function describeKernel(kernel: KernelFacts): string {
  const { path, version, architecture, hasEfiStub, signatures } = kernel;
  const stub = hasEfiStub ? `EFI stub, ${describeSignatures(signatures)}` : "no EFI stub";
  return `${path}, Linux ${version.split(" ")[0]}, ${architecture}, ${stub}`;
}

export function describeWindowsImage(
  { path, bootIndex }: WindowsImageFacts,
  { index, name, architecture, version }: WindowsImage,
): string {
  const facts = [
    architecture ?? "architecture not told",
    version,
    index === bootIndex ? "starts" : "",
  ];
  return [`${path} image ${index} "${name}"`, ...facts.filter((fact) => fact !== "")].join(", ");
}

function describeSignatures(signatures: readonly LoaderSignature[]): string {
  if (signatures.length === 0) return "not signed";
  return `signed by ${signatures.map(describeSignature).join("; ")}`;
}

/** "Debian Secure Boot Signer 2022 - grub2 (Debian Secure Boot CA)". */
function describeSignature({ signer, authority, coversFile }: LoaderSignature): string {
  return `${signer} (${authority})${coversFile ? "" : ", CHANGED since"}`;
}

export function describeDrivers({ declared, found }: DriverFacts): string {
  if (declared.length > 0) return `${declared.join(", ")} (declared)`;
  if (found === null) return "not known";
  return found.length === 0 ? "none (in its modules)" : `${found.join(", ")} (in its modules)`;
}

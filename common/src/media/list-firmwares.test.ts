import { expect, test } from "vitest";
import type { Architecture } from "./architecture.ts";
import type { LoaderFacts, LoaderSignature } from "./boot-image-facts.ts";
import type { BootImageFacts } from "./content.ts";
import { listFirmwares } from "./list-firmwares.ts";

const MICROSOFT: LoaderSignature = {
  signer: "Microsoft Windows UEFI Driver Publisher",
  authority: "Microsoft Corporation UEFI CA 2011",
  coversFile: true,
};
const DEBIAN = { ...MICROSOFT, signer: "Debian", authority: "Debian Secure Boot CA" };

function loader(path: string, signatures: readonly LoaderSignature[] = []): LoaderFacts {
  return { path, architecture: "x64", signatures };
}

function imageWith(
  loaders: readonly LoaderFacts[],
  architectures: readonly Architecture[] = ["x64"],
): BootImageFacts {
  const details = {
    loaders,
    kernels: [],
    windowsImages: [],
    drivers: { declared: [], found: null },
  };
  return { architectures, biosBoot: "none", details };
}

const STARTER = "EFI/BOOT/BOOTX64.EFI";
const GRUB = "EFI/BOOT/grubx64.efi";

test.each<readonly [string, BootImageFacts, readonly string[]]>([
  ["no loader", imageWith([], []), []],
  ["GRUB for BIOS", { ...imageWith([], []), biosBoot: "grub" }, ["bios"]],
  ["a loader that is not signed", imageWith([loader(STARTER)]), ["uefi-x64"]],
  ["one signed by somebody", imageWith([loader(STARTER, [DEBIAN])]), ["uefi-x64"]],
  [
    "one signed by Microsoft",
    imageWith([loader("efi/boot/bootx64.efi", [DEBIAN, MICROSOFT])]),
    ["uefi-x64", "uefi-x64-secure-boot"],
  ],
  [
    "one changed since",
    imageWith([loader(STARTER, [{ ...MICROSOFT, coversFile: false }])]),
    ["uefi-x64"],
  ],
  [
    "shim and a signed GRUB",
    imageWith([loader(STARTER, [MICROSOFT]), loader(GRUB, [DEBIAN])]),
    ["uefi-x64", "uefi-x64-secure-boot"],
  ],
  [
    "shim and a GRUB that is not signed",
    imageWith([loader(STARTER, [MICROSOFT]), loader(GRUB)]),
    ["uefi-x64"],
  ],
  [
    "shim and a GRUB changed since",
    imageWith([loader(STARTER, [MICROSOFT]), loader(GRUB, [{ ...DEBIAN, coversFile: false }])]),
    ["uefi-x64"],
  ],
  ["a loader for another processor", imageWith([{ ...loader(STARTER), architecture: "x86" }]), []],
  ["no program", imageWith([{ ...loader(STARTER), architecture: null }]), []],
  ["a declared architecture without loader", imageWith([], ["arm64"]), []],
])("listFirmwares() of an image with %s", (_, image, firmwares) => {
  expect(listFirmwares(image)).toEqual(firmwares);
});

test.each([
  [[], ["uefi-x64"]],
  [[{ ...DEBIAN, coversFile: false }], ["uefi-x64"]],
  [[DEBIAN], ["uefi-x64", "uefi-x64-secure-boot"]],
])("listFirmwares() wants a signed kernel behind a signed GRUB: %j", (signatures, firmwares) => {
  const image = imageWith([loader(STARTER, [MICROSOFT]), loader(GRUB, [DEBIAN])]);
  const kernel = {
    path: "boot/vmlinuz",
    version: "",
    architecture: "x64",
    hasEfiStub: true,
  } as const;
  const kernels = [
    { ...kernel, signatures: [] },
    { ...kernel, signatures },
  ];
  const details = image.details === null ? null : { ...image.details, kernels };
  expect(listFirmwares({ ...image, details })).toEqual(firmwares);
});

test("listFirmwares() goes by the architectures where nothing was read", () => {
  const image = {
    architectures: ["x64", "x86", "arm64"],
    biosBoot: "grub",
    details: null,
  } as const;
  expect(listFirmwares(image)).toEqual(["bios", "uefi-ia32", "uefi-x64", "uefi-aa64"]);
});

import type { BootImageFacts } from "@stickfarm/common/media/content";
import { expect, test } from "vitest";
import {
  describeDrivers,
  describeFacts,
  describeKernel,
  describeLoader,
  describeWindowsImage,
} from "./describe-facts.ts";

const signature = {
  signer: "Publisher",
  authority: "Microsoft Corporation UEFI CA 2011",
  coversFile: true,
};
const loader = { path: "EFI/BOOT/BOOTX64.EFI", architecture: "x64", signatures: [] } as const;
const details = {
  loaders: [loader],
  kernels: [],
  windowsImages: [],
  drivers: { declared: [], found: null },
};
const IMAGE: BootImageFacts = { architectures: ["x64"], biosBoot: "none", details };

test.each([
  [IMAGE, ["Found: UEFI on x64; no BIOS boot"]],
  [{ ...IMAGE, architectures: [], biosBoot: "grub" }, ["Found: no UEFI; BIOS by GRUB"]],
  [
    { ...IMAGE, details: { ...details, loaders: [{ ...loader, signatures: [signature] }] } },
    ["Found: UEFI on x64 with Secure Boot; no BIOS boot"],
  ],
  [
    { ...IMAGE, details: { ...details, loaders: [{ ...loader, architecture: null }] } },
    [
      "Found: UEFI on x64; no BIOS boot",
      '"EFI/BOOT/BOOTX64.EFI" is no EFI program: firmware will not start it',
    ],
  ],
] satisfies [BootImageFacts, string[]][])("describeFacts() of %j", (image, lines) => {
  expect(describeFacts(image)).toEqual(lines);
});

test("describeLoader() names the signers, and says when a file was changed since", () => {
  expect(describeLoader({ ...loader, signatures: [signature] })).toBe(
    "EFI/BOOT/BOOTX64.EFI, x64, signed by Publisher (Microsoft Corporation UEFI CA 2011)",
  );
  const changed = { ...loader, signatures: [{ ...signature, coversFile: false }] };
  expect(describeLoader(changed)).toMatch(/, CHANGED since$/);
  expect(describeLoader({ ...loader, architecture: null })).toMatch(
    /, no EFI program, not signed$/,
  );
});

test("describeKernel() names the release and whether UEFI can start it", () => {
  const kernel = {
    path: "vmlinuz",
    version: "6.1.0-56-amd64 (a@b) #1",
    architecture: "x64",
  } as const;
  expect(describeKernel({ ...kernel, hasEfiStub: false, signatures: [] })).toBe(
    "vmlinuz, Linux 6.1.0-56-amd64, x64, no EFI stub",
  );
  expect(describeKernel({ ...kernel, hasEfiStub: true, signatures: [signature] })).toMatch(
    /, EFI stub, signed by Publisher \(/,
  );
});

test("describeWindowsImage() tells which image starts", () => {
  const image = {
    index: 1,
    name: "PE",
    architecture: "x64",
    version: "10.0.1",
    totalBytes: 1,
  } as const;
  const file = { path: "boot.wim", bootIndex: 1, images: [image] };
  expect(describeWindowsImage(file, image)).toBe('boot.wim image 1 "PE", x64, 10.0.1, starts');
  expect(describeWindowsImage(file, { ...image, index: 2, architecture: null, version: "" })).toBe(
    'boot.wim image 2 "PE", architecture not told',
  );
});

test.each([
  [["net"], null, "net (declared)"],
  [["net"], ["storage"], "net (declared)"],
  [[], null, "not known"],
  [[], [], "none (in its modules)"],
  [[], ["net", "storage"], "net, storage (in its modules)"],
] as const)("describeDrivers() of %j and %j", (declared, found, text) => {
  expect(describeDrivers({ declared, found })).toBe(text);
});

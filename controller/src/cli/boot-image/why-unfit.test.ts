import type { LoaderFacts } from "@stickfarm/common/media/boot-image-facts";
import type { BootImageFacts } from "@stickfarm/common/media/content";
import { expect, test } from "vitest";
import { whyUnfit } from "./why-unfit.ts";

function imageWith(loaders: readonly LoaderFacts[]): BootImageFacts {
  const drivers = { declared: [], found: null };
  const details = { loaders, kernels: [], windowsImages: [], drivers };
  return { architectures: ["x64"], biosBoot: "none", details };
}

test.each([
  ["EFI/BOOT/BOOTX64.EFI", "x64"],
  ["efi/boot/bootaa64.efi", "arm64"],
  ["EFI/BOOT/grubx64.efi", "x86"],
  ["EFI/BOOT/BOOTX64.EFI", null],
] as const)("whyUnfit() has nothing against %s for %s", (path, architecture) => {
  expect(whyUnfit("x.iso", imageWith([{ path, architecture, signatures: [] }]))).toBeNull();
});

test.each([
  ["EFI/BOOT/BOOTX64.EFI", "x86"],
  ["efi/boot/bootia32.efi", "x64"],
] as const)("whyUnfit() refuses %s for %s", (path, architecture) => {
  const detail = whyUnfit("x.iso", imageWith([{ path, architecture, signatures: [] }]))?.detail;
  expect(detail).toContain(`its "${path}" is a program for ${architecture}, must be one for`);
});

test("whyUnfit() refuses what nothing starts", () => {
  const nothing = { architectures: [], biosBoot: "none", details: null } as const;
  expect(whyUnfit("x", nothing)?.detail).toContain("nothing that firmware starts");
  expect(whyUnfit("x", { ...nothing, biosBoot: "grub" })).toBeNull();
  expect(whyUnfit("x", { ...nothing, architectures: ["x64"] })).toBeNull();
});

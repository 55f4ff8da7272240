import { expect, test } from "vitest";
import { detectBootFacts } from "./detect-boot-facts.ts";

const GRUB = ["boot/grub/i386-pc/boot.img", "boot/grub/i386-pc/core.img"];

test.each([
  [["EFI/BOOT/BOOTX64.EFI"], ["x64"], "none"],
  [["efi/Boot/bootx64.efi", "EFI/BOOT/BOOTIA32.EFI"], ["x86", "x64"], "none"],
  [["EFI/BOOT/BOOTAA64.EFI"], ["arm64"], "none"],
  [["EFI/BOOT/BOOTX64.EFI", ...GRUB], ["x64"], "grub"],
  [GRUB, [], "grub"],
  [GRUB.slice(0, 1), [], "none"],
  [["sources/EFI/BOOT/BOOTX64.EFI", "EFI/BOOT/BOOTX64.EFI.bak"], [], "none"],
  [[], [], "none"],
] as const)("detectBootFacts() of %j is %j, %s", (paths, architectures, biosBoot) => {
  expect(detectBootFacts(paths.map((path) => ({ path })))).toEqual({ architectures, biosBoot });
});

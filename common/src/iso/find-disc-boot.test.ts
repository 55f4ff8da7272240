import { expect, test } from "vitest";
import type { TreeFile } from "../media/manifest.ts";
import { findDiscBoot, whereOnSet } from "./find-disc-boot.ts";

const NONE = { kind: "none" } as const;
const GRUB = { kind: "grub", boot: blob("boot"), core: blob("core") } as const;

test("findDiscBoot() finds nothing in a tree of plain files", () => {
  expect(findDiscBoot(tree("readme.txt", "efi.txt", "EFI/notes.txt"), NONE)).toEqual({
    bios: NONE,
    uefi: NONE,
  });
});

test("findDiscBoot() takes GRUB by the manifest, with the parts for discs that the tree brings", () => {
  expect(findDiscBoot([], GRUB).bios).toEqual({
    kind: "grub",
    core: blob("core"),
    cdboot: null,
    hybrid: null,
  });
  const files = tree("boot/grub/i386-pc/cdboot.img", "boot/grub/i386-pc/boot_hybrid.img");
  expect(findDiscBoot(files, GRUB).bios).toMatchObject({
    cdboot: blob("boot/grub/i386-pc/cdboot.img"),
    hybrid: blob("boot/grub/i386-pc/boot_hybrid.img"),
  });
});

test.each([
  ["isolinux/isolinux.bin", "isolinux"],
  ["boot/ISOLINUX/isolinux.bin", "isolinux"],
  ["Boot/etfsboot.com", "etfsboot"],
])("findDiscBoot() takes %s for a loader of BIOS", (path, kind) => {
  expect(findDiscBoot(tree(path), NONE).bios).toMatchObject({ kind, image: blob(path) });
});

test("findDiscBoot() takes the folder EFI for UEFI, and Windows' own image before it", () => {
  const files = tree("EFI/BOOT/BOOTX64.EFI", "efi/Microsoft/Boot/BCD", "sources/boot.wim");
  expect(findDiscBoot(files, NONE).uefi).toEqual({ kind: "files", files: files.slice(0, 2) });
  const windows = [...files, ...tree("efi/microsoft/boot/EFISYS.bin")];
  expect(findDiscBoot(windows, NONE).uefi).toMatchObject({ kind: "image" });
});

test.each([
  ["stickfarm/media.json", "every"],
  ["stickfarm/settings.sealed", "first"],
  ["MediaLabel.txt", "first"],
  ["EFI/BOOT/BOOTX64.EFI", "first"],
  ["Boot/BCD", "first"],
  ["bootmgr", "first"],
  ["sources/BOOT.WIM", "first"],
  ["live/Filesystem.squashfs", "first"],
  ["sources/install.wim", "anywhere"],
  ["tools/boot/x", "anywhere"],
  ["bootmgr.txt", "anywhere"],
])("whereOnSet() sends %s to %s", (path, where) => {
  expect(whereOnSet(path, new Set(["live/filesystem.squashfs"]))).toBe(where);
});

function tree(...paths: string[]): TreeFile[] {
  return paths.map((path) => ({ path, blob: blob(path), modifiedAtMs: 0 }));
}

function blob(sha256: string) {
  return { sha256, sizeBytes: 1 };
}

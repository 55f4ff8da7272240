import { expect, test } from "vitest";
import { type DiscImage, renderXorrisoScript } from "./render-xorriso-script.ts";

const IMAGE: DiscImage = {
  isoPath: "/staging/hq.iso",
  label: "HQ BOOT",
  madeAtMs: Date.UTC(2026, 10, 22, 10, 0, 0, 120),
  diskGuid: "2acd0323c7734a42a29825632da7f446",
  files: [{ path: "EFI/it's", localPath: "/staging/blobs/ab", modifiedAtMs: 1_700_000_000_999 }],
  emptyDirectories: ["an empty one"],
  bios: null,
  uefiPath: null,
};
const BIOS = {
  path: "stickfarm/boot/bios.img",
  catalogPath: "stickfarm/boot/boot.cat",
  loadBytes: 2048,
  table: "grub",
  hybridPath: "/staging/hybrid",
} as const;

test("renderXorrisoScript() makes a disc of files, with every date given", () => {
  expect(renderXorrisoScript(IMAGE)).toMatchInlineSnapshot(`
    ""-iso_rr_pattern" "off"
    "-disk_pattern" "off"
    "-outdev" "stdio:/staging/hq.iso"
    "-rockridge" "on"
    "-joliet" "on"
    "-compliance" "clear:only_iso_version:deep_paths:long_paths:no_j_force_dots:always_gmt:old_rr:iso_9660_level=3:joliet_long_names:joliet_long_paths:no_emul_toc"
    "-padding" "included"
    "-volid" "HQ BOOT"
    "-volume_date" "uuid" "2026112210000012"
    "-volume_date" "c" "2026112210000012"
    "-volume_date" "m" "2026112210000012"
    "-map" "/staging/blobs/ab" "/EFI/it's"
    "-mkdir" "/an empty one" "--"
    "-chown_r" "0" "/" "--"
    "-chgrp_r" "0" "/" "--"
    "-find" "/" "-type" "f" "-exec" "chmod" "0444" "--"
    "-find" "/" "-type" "d" "-exec" "chmod" "0555" "--"
    "-alter_date_r" "b-c" "=1795341600" "/" "--"
    "-alter_date" "m-c" "=1700000000" "/EFI/it's" "--"
    "-alter_date_r" "c" "=1795341600" "/" "--"
    "-commit"
    "
  `);
});

test("renderXorrisoScript() starts GRUB from disc and stick", () => {
  const lines = bootLines({ bios: BIOS, uefiPath: "/staging/efi.img" });
  expect(lines).toMatchInlineSnapshot(`
    [
      "any cat_path=/stickfarm/boot/boot.cat",
      "any bin_path=/stickfarm/boot/bios.img",
      "any platform_id=0x00",
      "any emul_type=no_emulation",
      "any load_size=2048",
      "any boot_info_table=on",
      "grub grub2_boot_info=on",
      "grub grub2_mbr=/staging/hybrid",
      "any next",
      "append_partition 2 28732ac11ff8d211ba4b00a0c93ec93b /staging/efi.img",
      "any efi_path=--interval:appended_partition_2:all::",
      "any platform_id=0xef",
      "any appended_part_as=gpt",
      "any partition_offset=16",
      "any partition_cyl_align=off",
      "any iso_mbr_part_type=ebd0a0a2b9e5445487c068b6b72699c7",
      "any mbr_force_bootable=on",
      "any gpt_disk_guid=2acd0323c7734a42a29825632da7f446",
    ]
  `);
});

test("renderXorrisoScript() tells ISOLINUX where it lies, and Windows PE nothing", () => {
  const isolinux = bootLines({ bios: { ...BIOS, table: "isolinux" } });
  expect(isolinux).toContain("any boot_info_table=on");
  expect(isolinux).toContain("isolinux system_area=/staging/hybrid");
  expect(isolinux.join()).not.toContain("grub");
  const windows = bootLines({ bios: { ...BIOS, table: "none", hybridPath: null } });
  expect(windows.slice(0, 6)).toEqual([
    "any cat_path=/stickfarm/boot/boot.cat",
    "any bin_path=/stickfarm/boot/bios.img",
    "any platform_id=0x00",
    "any emul_type=no_emulation",
    "any load_size=2048",
    "any next",
  ]);
});

test("renderXorrisoScript() quotes as a shell does", () => {
  const script = renderXorrisoScript({ ...IMAGE, isoPath: '/the "new" ones/hq.iso' });
  expect(script).toContain(`"stdio:/the "'"'"new"'"'" ones/hq.iso"`);
});

test("renderXorrisoScript() starts by UEFI alone", () => {
  const [first, ...rest] = bootLines({ uefiPath: "/staging/efi.img" });
  expect(first).toMatch(/^append_partition 2 /);
  expect(rest.join()).not.toMatch(/bin_path|grub/);
});

function bootLines(change: Partial<DiscImage>): string[] {
  return renderXorrisoScript({ ...IMAGE, ...change })
    .split("\n")
    .filter((line) => /^"-(boot_image|append_partition)"/.test(line))
    .map((line) => line.replaceAll('"', "").replace(/^-boot_image |^-/, ""));
}

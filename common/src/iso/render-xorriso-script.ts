import type { TreeFile } from "../media/manifest.ts";

/**
 * What xorriso is told to make a disc image, as the lines of a file: a tree has more files than a command line holds.
 *
 * The image is hybrid: an ISO 9660 with Rock Ridge and Joliet for whoever reads the disc, El Torito for BIOS and UEFI
 * that start from one, and partition tables for both when it is written onto a stick: GPT, with a protective MBR whose
 * second entry is active, because some BIOSes start nothing else. UEFI's FAT image lies behind the files and is partition
 * and boot image at once.
 *
 * Every date and id is given, so that the same plan makes the same bytes.
 *
 * Source: xorriso(1); the recipe of Ubuntu's and Debian's images in their .disk/mkisofs.
 */
export type DiscImage = {
  /** Made here; must not be there. */
  readonly isoPath: string;
  readonly label: string;
  /** Milliseconds since 1970 UTC: of the volume and of folders. */
  readonly madeAtMs: number;
  /** 32 hex digits, for the GPT. */
  readonly diskGuid: string;
  readonly files: readonly DiscSource[];
  readonly emptyDirectories: readonly string[];
  readonly bios: BiosImage | null;
  /** FAT image for UEFI. */
  readonly uefiPath: string | null;
};

/** A file of the disc, and where its bytes are. */
export type DiscSource = Pick<TreeFile, "path" | "modifiedAtMs"> & { readonly localPath: string };

export type BiosImage = {
  /** On the disc, with its catalog beside it. */
  readonly path: string;
  readonly catalogPath: string;
  /** How many bytes the BIOS loads. */
  readonly loadBytes: number;
  /** GRUB's and ISOLINUX' images are told where on the disc they lie; Windows' is not. */
  readonly table: "grub" | "isolinux" | "none";
  /** First sector of a stick with this image. */
  readonly hybridPath: string | null;
};

const EFI_PARTITION = "28732ac11ff8d211ba4b00a0c93ec93b";
const DATA_PARTITION = "ebd0a0a2b9e5445487c068b6b72699c7";
const COMPLIANCE = [
  "clear:only_iso_version:deep_paths:long_paths:no_j_force_dots:always_gmt:old_rr",
  // Files of 4 GiB and more; names of 103 characters for Windows; no copy of the head for further sessions.
  "iso_9660_level=3:joliet_long_names:joliet_long_paths:no_emul_toc",
].join(":");

/** Shape: one command a line; run with `-options_from_file`. No path has a line end. */
export function renderXorrisoScript(image: DiscImage): string {
  return [
    ["-iso_rr_pattern", "off"],
    ["-disk_pattern", "off"],
    ["-outdev", `stdio:${image.isoPath}`],
    ["-rockridge", "on"],
    ["-joliet", "on"],
    ["-compliance", COMPLIANCE],
    ["-padding", "included"],
    ["-volid", image.label],
    ...["uuid", "c", "m"].map((date) => ["-volume_date", date, renderDate(image.madeAtMs)]),
    ...image.files.map(({ path, localPath }) => ["-map", localPath, `/${path}`]),
    ...image.emptyDirectories.map((path) => ["-mkdir", `/${path}`, "--"]),
    ["-chown_r", "0", "/", "--"],
    ["-chgrp_r", "0", "/", "--"],
    ["-find", "/", "-type", "f", "-exec", "chmod", "0444", "--"],
    ["-find", "/", "-type", "d", "-exec", "chmod", "0555", "--"],
    ["-alter_date_r", "b-c", renderSeconds(image.madeAtMs), "/", "--"],
    ...image.files.map(({ path, modifiedAtMs }) => [
      "-alter_date",
      "m-c",
      renderSeconds(modifiedAtMs),
      `/${path}`,
      "--",
    ]),
    ["-alter_date_r", "c", renderSeconds(image.madeAtMs), "/", "--"],
    ...bootCommands(image),
    ["-commit"],
  ]
    .map((words) => `${words.map(quote).join(" ")}\n`)
    .join("");
}

function bootCommands({ bios, uefiPath, diskGuid }: DiscImage): readonly (readonly string[])[] {
  if (bios === null && uefiPath === null) return [];
  const any = (setting: string): readonly string[] => ["-boot_image", "any", setting];
  return [
    ...(bios === null ? [] : biosCommands(bios)),
    ...(uefiPath === null
      ? []
      : [
          ["-append_partition", "2", EFI_PARTITION, uefiPath],
          any("efi_path=--interval:appended_partition_2:all::"),
          any("platform_id=0xef"),
          any("appended_part_as=gpt"),
        ]),
    any("partition_offset=16"),
    any("partition_cyl_align=off"),
    any(`iso_mbr_part_type=${DATA_PARTITION}`),
    any("mbr_force_bootable=on"),
    any(`gpt_disk_guid=${diskGuid}`),
  ];
}

function biosCommands(bios: BiosImage): readonly (readonly string[])[] {
  const { path, catalogPath, loadBytes, table, hybridPath } = bios;
  const kind = table === "isolinux" ? "isolinux" : "grub";
  const system = table === "isolinux" ? "system_area" : "grub2_mbr";
  return [
    ["-boot_image", "any", `cat_path=/${catalogPath}`],
    ["-boot_image", "any", `bin_path=/${path}`],
    ["-boot_image", "any", "platform_id=0x00"],
    ["-boot_image", "any", "emul_type=no_emulation"],
    ["-boot_image", "any", `load_size=${loadBytes}`],
    ...(table === "none" ? [] : [["-boot_image", "any", "boot_info_table=on"]]),
    ...(table === "grub" ? [["-boot_image", "grub", "grub2_boot_info=on"]] : []),
    ...(hybridPath === null ? [] : [["-boot_image", kind, `${system}=${hybridPath}`]]),
    ["-boot_image", "any", "next"],
  ];
}

/** As a shell's: what is quoted may follow upon another without a space. */
function quote(word: string): string {
  return `"${word.replaceAll('"', `"'"'"`)}"`;
}

function renderSeconds(atMs: number): string {
  return `=${Math.floor(atMs / 1000)}`;
}

/** "2026112210000000": to the hundredth of a second. */
function renderDate(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\D/g, "").slice(0, 16);
}

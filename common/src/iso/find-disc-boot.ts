import type { BiosBoot, BlobRef, TreeFile } from "../media/manifest.ts";
import {
  AUTORUN_PATH,
  MEDIA_JSON_PATH,
  MEDIA_LABEL_PATH,
  OUR_FOLDER,
} from "../media/stick-path.ts";
import type { DiscFile } from "./plan-volumes.ts";

/** How a disc starts a computer. */
export type DiscBoot = { readonly bios: DiscBios; readonly uefi: DiscUefi };

export type DiscBios =
  | { readonly kind: "none" }
  /** `cdboot` and `hybrid` are GRUB's own; `null`: the tree has none, and the maker's machine must. */
  | {
      readonly kind: "grub";
      readonly core: BlobRef;
      readonly cdboot: BlobRef | null;
      readonly hybrid: BlobRef | null;
    }
  /** `hybrid` is isohdpfx.bin, which starts the image from a stick; `null`: it starts from discs only. */
  | { readonly kind: "isolinux"; readonly image: BlobRef; readonly hybrid: BlobRef | null }
  /** Windows PE. */
  | { readonly kind: "etfsboot"; readonly image: BlobRef };

export type DiscUefi =
  | { readonly kind: "none" }
  /** A FAT image that the tree brings: Windows PE's, whose loader looks for the disc. */
  | { readonly kind: "image"; readonly image: BlobRef }
  /** Files of the tree that a FAT image is made of. */
  | { readonly kind: "files"; readonly files: readonly TreeFile[] };

const GRUB = "boot/grub/i386-pc";
const ISOLINUX = ["isolinux/isolinux.bin", "boot/isolinux/isolinux.bin"];
const ISOHYBRID = ["isolinux/isohdpfx.bin", "boot/isolinux/isohdpfx.bin"];
const ETFSBOOT = ["boot/etfsboot.com"];
const EFISYS = ["efi/microsoft/boot/efisys_noprompt.bin", "efi/microsoft/boot/efisys.bin"];
const UEFI_LOADER = /^efi\/boot\/boot[a-z0-9]+\.efi$/;

/**
 * Find the loaders in a tree, in any case of letters, as firmware and Windows do.
 *
 * Source: grub-mkimage's i386-pc-eltorito is cdboot.img and core.img; isolinux.txt; Microsoft's oscdimg for the last two.
 */
export function findDiscBoot(files: readonly TreeFile[], grub: BiosBoot): DiscBoot {
  const byPath = new Map(files.map((file) => [file.path.toLowerCase(), file]));
  const find = (paths: readonly string[]): BlobRef | null =>
    paths.flatMap((path) => byPath.get(path)?.blob ?? []).at(0) ?? null;
  return { bios: findBios(find, grub), uefi: findUefi(find, files) };
}

type Find = (paths: readonly string[]) => BlobRef | null;

function findBios(find: Find, grub: BiosBoot): DiscBios {
  if (grub.kind === "grub") {
    const { core } = grub;
    const cdboot = find([`${GRUB}/cdboot.img`]);
    return { kind: "grub", core, cdboot, hybrid: find([`${GRUB}/boot_hybrid.img`]) };
  }
  const isolinux = find(ISOLINUX);
  if (isolinux !== null) return { kind: "isolinux", image: isolinux, hybrid: find(ISOHYBRID) };
  const etfsboot = find(ETFSBOOT);
  return etfsboot === null ? { kind: "none" } : { kind: "etfsboot", image: etfsboot };
}

function findUefi(find: Find, files: readonly TreeFile[]): DiscUefi {
  const image = find(EFISYS);
  if (image !== null) return { kind: "image", image };
  const isBootable = files.some(({ path }) => UEFI_LOADER.test(path.toLowerCase()));
  if (!isBootable) return { kind: "none" };
  return { kind: "files", files: files.filter(({ path }) => /^efi\//i.test(path)) };
}

const LOADER_FOLDERS = /^(?:efi|boot|isolinux|syslinux|loader|grub)\//i;
const LOADER_FILES = /^(?:bootmgr(?:\.efi)?|sources\/boot\d*\.(?:wim|swm))$/i;

/**
 * Where a file goes in a set: what starts a computer to the first disc, with all of its boot image, as nobody changes
 * discs for a loader; the open settings to each.
 */
export function whereOnSet(path: string, bootImagePaths: ReadonlySet<string>): DiscFile["where"] {
  if (path === MEDIA_JSON_PATH) return "every";
  const isOurs =
    path === MEDIA_LABEL_PATH || path === AUTORUN_PATH || path.startsWith(`${OUR_FOLDER}/`);
  const starts = LOADER_FOLDERS.test(path) || LOADER_FILES.test(path);
  return isOurs || starts || bootImagePaths.has(path.toLowerCase()) ? "first" : "anywhere";
}

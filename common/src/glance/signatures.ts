import type { VolumeKind } from "../drive/contents.ts";
import type { ReadBytes } from "../layout/read-bytes.ts";
import { holdsAt, numberAt, textAt } from "./volume-bytes.ts";

/** A volume and its first 8 KiB. */
export type Head = {
  readonly read: ReadBytes;
  readonly sizeBytes: number;
  readonly bytes: Uint8Array;
};

type Signature = {
  readonly kind: VolumeKind;
  readonly matches: (head: Head) => boolean | Promise<boolean>;
  readonly label?: (bytes: Uint8Array) => string;
};

const SECTOR_BYTES = 512;
const MD_MAGIC = [0xfc, 0x4e, 0x2b, 0xa9];

/**
 * Marks at fixed places, the first that matches counts. Boot sectors are told apart elsewhere: they say more than a mark.
 *
 * Source: util-linux libblkid/src/superblocks; on-disk format documents of LUKS, LVM2, md, ext4, btrfs, ZFS; ECMA-119;
 * ECMA-167 part 2.
 */
export const SIGNATURES: readonly Signature[] = [
  { kind: "md", matches: isMd },
  { kind: "lvm2", matches: isLvm },
  {
    kind: "luks",
    matches: ({ bytes }) => holdsAt(bytes, 0, [0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe]),
    // Version 1 has none.
    label: (bytes) => (bytes[7] === 2 ? textAt(bytes, 24, { lengthBytes: 48 }) : ""),
  },
  { kind: "zfs", matches: isZfs },
  mark("xfs", 0, "XFSB", { at: 108, lengthBytes: 12 }),
  mark("squashfs", 0, "hsqs"),
  mark("apfs", 32, "NXSB"),
  mark("hfsplus", 1024, "H+"),
  mark("hfsplus", 1024, "HX"),
  {
    kind: "f2fs",
    matches: ({ bytes }) => holdsAt(bytes, 1024, [0x10, 0x20, 0xf5, 0xf2]),
    label: (bytes) => textAt(bytes, 1024 + 124, { lengthBytes: 512, encoding: "utf-16le" }),
  },
  ...(["ext4", "ext3", "ext2"] as const).map((kind) => ({
    kind,
    matches: ({ bytes }: Head) => extKind(bytes) === kind,
    label: (bytes: Uint8Array) => textAt(bytes, 1024 + 120, { lengthBytes: 16 }),
  })),
  mark("swap", 4086, "SWAPSPACE2", { at: 1052, lengthBytes: 16 }),
  mark("swap", 4086, "SWAP-SPACE"),
];

function mark(
  kind: VolumeKind,
  at: number,
  magic: string,
  label?: { readonly at: number; readonly lengthBytes: number },
): Signature {
  const matches = ({ bytes }: Head) => holdsAt(bytes, at, magic);
  if (label === undefined) return { kind, matches };
  return { kind, matches, label: (bytes) => textAt(bytes, label.at, label) };
}

/** Features make the difference: of 4 those that 3 cannot mount, of 3 its journal. Source: blkid's ext.c. */
function extKind(bytes: Uint8Array): VolumeKind | null {
  if (!holdsAt(bytes, 1024 + 56, [0x53, 0xef])) return null;
  const incompatible = numberAt(bytes, 1024 + 96, 4);
  const of3 = 0x0002 | 0x0004 | 0x0010;
  if ((incompatible & ~of3) !== 0) return "ext4";
  return (numberAt(bytes, 1024 + 92, 4) & 0x0004) === 0 ? "ext2" : "ext3";
}

/** Version 1.1 lies at the start, 1.2 behind 4 KiB, 1.0 and 0.90 near the end. */
async function isMd({ read, bytes, sizeBytes }: Head): Promise<boolean> {
  if (holdsAt(bytes, 0, MD_MAGIC) || holdsAt(bytes, 4096, MD_MAGIC)) return true;
  if (sizeBytes < 128 * 1024) return false;
  const sectors = Math.floor(sizeBytes / SECTOR_BYTES);
  // No bit operations: they cut numbers of sectors above 1 TiB.
  const places = [sectors - (sectors % 8) - 16, Math.floor(sectors / 128) * 128 - 128];
  for (const sector of places) {
    if (holdsAt(await read(sector * SECTOR_BYTES, SECTOR_BYTES), 0, MD_MAGIC)) return true;
  }
  return false;
}

/** In any of the first four sectors. */
function isLvm({ bytes }: Head): boolean {
  const places = [0, 1, 2, 3].map((sector) => sector * SECTOR_BYTES);
  return places.some((at) => holdsAt(bytes, at, "LABELONE") && holdsAt(bytes, at + 24, "LVM2 001"));
}

/** Its label holds a list of names and values behind 16 KiB, whose first name never changes. */
async function isZfs({ read }: Head): Promise<boolean> {
  const list = await read(16 * 1024, 1024);
  const text = textAt(list, 0, { lengthBytes: list.length });
  return list[0] === 1 && text.slice(0, 64).includes("version") && text.includes("pool_guid");
}

/** What a drive holds, at a glance: enough for a person to see that it is not the stick that was meant. */
export type DriveContents =
  /** Nobody has looked yet, or may: it is being written. */
  | { readonly kind: "unseen" }
  | { readonly kind: "unreadable"; readonly why: string }
  | {
      readonly kind: "seen";
      readonly table: TableKind;
      /** The drive itself, unless a table alone is there, then its partitions. */
      readonly volumes: readonly SeenVolume[];
      /**
       * What we built on it, as it says itself: anyone may have written that. `null` also when it says so, but another
       * volume lies there now, or one beside ours.
       */
      readonly passport: SeenPassport | null;
    };

export const TABLE_KINDS = ["none", "mbr", "gpt"] as const;
export type TableKind = (typeof TABLE_KINDS)[number];

export type SeenVolume = {
  /** As its table counts it; 0 for the drive itself. */
  readonly partition: number;
  readonly sizeBytes: number;
  readonly kind: VolumeKind;
  /** Without anything that could steer a terminal; empty when it has none. */
  readonly label: string;
};

/** blank: its first bytes are zero. unknown: they are something else that is not in this list. */
export const VOLUME_KINDS = [
  "unknown",
  "blank",
  "fat12",
  "fat16",
  "fat32",
  "exfat",
  "iso9660",
  "udf",
  "ntfs",
  "refs",
  "bitlocker",
  "ext2",
  "ext3",
  "ext4",
  "xfs",
  "btrfs",
  "f2fs",
  "squashfs",
  "hfsplus",
  "apfs",
  "luks",
  "lvm2",
  "md",
  "zfs",
  "swap",
] as const;
export type VolumeKind = (typeof VOLUME_KINDS)[number];

export type SeenPassport = {
  readonly buildId: string;
  readonly stickId: string;
  /** `null`: the stick does not say. */
  readonly media: { readonly name: string; readonly revision: number } | null;
  /** Milliseconds since 1970 UTC. */
  readonly orderedAtMs: number;
  /** False: its build never came to the seal, so that the stick does not boot. */
  readonly isSealed: boolean;
};

export const UNSEEN: DriveContents = { kind: "unseen" };

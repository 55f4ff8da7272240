/**
 * A compiled revision: everything that a stick will hold, by digest. Immutable, signed by the controller, and what an
 * agent executes. Secrets are in it only as sealed blobs.
 */
export type Manifest = {
  readonly formatVersion: 1;
  readonly definition: {
    readonly name: string;
    readonly revision: number;
    readonly digest: string;
  };
  readonly body: ImageBody | TreeBody;
};

/** Content by the SHA-256 of its bytes, lower-case hex. */
export type BlobRef = { readonly sha256: string; readonly sizeBytes: number };

export type ByteRange = { readonly offsetBytes: number; readonly lengthBytes: number };

export const COMPRESSIONS = ["none", "gzip", "xz", "zstd", "bzip2", "zip"] as const;
export type Compression = (typeof COMPRESSIONS)[number];

/** A raw disk image, written as it is. */
export type ImageBody = {
  readonly kind: "image";
  /** The file as the content library holds it. */
  readonly stored: BlobRef;
  readonly compression: Compression;
  /** The raw image; equals `stored` when compression is none. */
  readonly expanded: BlobRef;
  /** `null`: every byte is content. Else what lies outside may be skipped: the image's builder vouches for it. */
  readonly mapped: readonly ByteRange[] | null;
  /** The manifest and the passport lie behind the image, where that leaves a MiB. Manifests of earlier versions do not say. */
  readonly passport?: boolean;
};

/** Files that the layout turns into a partitioned FAT32 stick. */
export type TreeBody = {
  readonly kind: "tree";
  readonly partitionTable: "mbr" | "gpt";
  readonly fileSystem: "fat32";
  /** Bytes, or the whole stick. */
  readonly partitionBytes: number | "fill";
  /** FAT volume label: at most 11 characters that FAT allows, upper case. */
  readonly volumeLabel: string;
  /** Sorted by path. */
  readonly files: readonly TreeFile[];
  /** Directories that hold nothing. */
  readonly emptyDirectories: readonly string[];
  readonly biosBoot: BiosBoot;
};

export type TreeFile = {
  /** Relative, separated by "/". */
  readonly path: string;
  readonly blob: BlobRef;
  /** Milliseconds since 1970 UTC. */
  readonly modifiedAtMs: number;
};

/** GRUB: boot.img into the first sector, core.img into the gap (MBR) or a BIOS boot partition (GPT). */
export type BiosBoot =
  | { readonly kind: "none" }
  | { readonly kind: "grub"; readonly boot: BlobRef; readonly core: BlobRef };

import type { Architecture } from "./architecture.ts";
import type { BootImageDetails } from "./boot-image-facts.ts";
import type { BlobRef, ByteRange, Compression, TreeFile } from "./manifest.ts";

/** A named, immutable set of files in the content library. */
export type Content = {
  /** [a-z0-9]([a-z0-9-]{0,61}[a-z0-9])? */
  readonly name: string;
  /** SHA-256 over the canonical listing, lower-case hex. */
  readonly digest: string;
  /** Milliseconds since 1970 UTC. */
  readonly createdAtMs: number;
  readonly body: ContentBody;
  /** Set when this content is a boot image. */
  readonly bootImage: BootImageFacts | null;
};

export type ContentBody = TreeContent | ImageContent;

/** Files and directories, as they are. */
export type TreeContent = {
  readonly kind: "tree";
  /** Sorted by path. */
  readonly files: readonly TreeFile[];
  /** Directories without files; all others follow from the files. */
  readonly emptyDirectories: readonly string[];
};

/** A raw disk image, perhaps compressed. */
export type ImageContent = {
  readonly kind: "image";
  /** The file as the content library holds it. */
  readonly stored: BlobRef;
  readonly compression: Compression;
  /** The raw image; equals `stored` when compression is none. */
  readonly expanded: BlobRef;
  /** `null`: every byte is content. Else what lies outside may be skipped: the image's builder vouches for it. */
  readonly mapped: readonly ByteRange[] | null;
  /** SHA-256 of the block map file, when one came with the image. */
  readonly blockMapSha256: string | null;
};

export type BootImageFacts = {
  readonly architectures: readonly Architecture[];
  /** grub: the tree holds boot/grub/i386-pc/boot.img and core.img. */
  readonly biosBoot: "none" | "grub";
  /** `null`: it was added by a version that did not read them. */
  readonly details: BootImageDetails | null;
};

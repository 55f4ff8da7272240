/**
 * What a layout is made of: byte ranges of a drive, each with the place its bytes come from. Sorted by offset, no two
 * overlap. What no extent covers is not touched (free space of a file system, or blocks that a vouched map leaves out).
 *
 * Offsets are multiples of the drive's logical block, and so are the lengths of `zero` and `bytes` extents. A `blob`
 * extent has the blob's own length; the bytes from its end to the next logical block are zero and belong to it.
 */
export type Extent = {
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  readonly source: ExtentSource;
};

export type ExtentSource =
  /** Content that is zero: read, and written only where it is not zero already. */
  | { readonly kind: "zero" }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  /** `blobOffsetBytes` is a multiple of PIECE_BYTES, so that the cache's piece hashes fit. */
  | { readonly kind: "blob"; readonly sha256: string; readonly blobOffsetBytes: number };

/** Blobs are hashed in the cache in pieces of this length; the last may be shorter. */
export const PIECE_BYTES = 256 * 1024;

/** The first MiB is written after everything else was verified: without it nothing boots. */
export const SEAL_BYTES = 1024 * 1024;

/** Of it, what is written last of all: a drive that begins with so many zeros is blank to every firmware. */
export const BLANK_BYTES = 4096;

export type DriveGeometry = {
  /** Bytes, a multiple of the logical block. */
  readonly sizeBytes: number;
  /** 512 or 4096. */
  readonly logicalBlockBytes: number;
};

/** Ids that make one stick differ from the next. */
export type StickIdentity = {
  /** 32 bits. */
  readonly diskSignature: number;
  /** 32 bits; FAT volume id. */
  readonly volumeId: number;
  /** Upper-case GUID with dashes. */
  readonly diskGuid: string;
  /** Upper-case GUID with dashes. */
  readonly partitionGuid: string;
  /** Upper-case GUID with dashes. */
  readonly biosPartitionGuid: string;
};

/** A file of ours that differs from stick to stick: manifest, signatures, passport. */
export type StampFile = {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Milliseconds since 1970 UTC. */
  readonly modifiedAtMs: number;
};

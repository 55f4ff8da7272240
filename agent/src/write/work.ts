import { PIECE_BYTES } from "@stickfarm/common/layout/extent";
import { openXxh64, type Xxh64 } from "../content/xxh64.ts";
import type { BlobReader, CachedBlobs } from "./cached-blobs.ts";
import type { OpenDrive } from "./calls/open-drive.ts";
import type { IsZeroPiece } from "./split-extents.ts";

/** What every pass over the drive works with. */
export type Work = {
  readonly drive: OpenDrive;
  readonly blobs: CachedBlobs;
  readonly xxh64: Xxh64;
  readonly lanes: readonly Lane[];
  /** The first few of them: no more writes than these are in flight. */
  readonly writeLanes: readonly Lane[];
  /** After it, passes end early and without a problem. */
  readonly signal: AbortSignal;
};

/** One of the buffers that are in flight, page-aligned inside the memory that is hashed. */
export type Lane = {
  /** Where `buffer` begins in `xxh64.memory`. */
  readonly at: number;
  readonly buffer: Buffer;
  readonly reader: BlobReader;
};

/** Told after each chunk; cheap. */
export type Advance = (bytes: number) => void;

/**
 * So many reads are in flight at most (pace.ts has fewer on slow drives): with four drives on one disk, two gave 0.7 to 0.8 of the time of dd + cmp and four gave
 * 0.5 to 0.6. Smaller chunks cost CPU and gained no time.
 */
export const READ_LANES = 4;
/** One chunk is read from the cache while the other is written; more gained no time on files, loop devices or throttled drives. */
export const WRITE_LANES = 2;
export const CHUNK_BYTES = 4 * 1024 * 1024;

/** Take the memory for all passes; a piece of it stays untouched, and zero, for `isZeroPiece`. */
export function openWork(drive: OpenDrive, blobs: CachedBlobs, signal: AbortSignal): Work {
  const xxh64 = openXxh64(READ_LANES * CHUNK_BYTES + PIECE_BYTES);
  const lanes = Array.from({ length: READ_LANES }, (_, index) => {
    const at = index * CHUNK_BYTES;
    return {
      at,
      buffer: xxh64.memory.subarray(at, at + CHUNK_BYTES),
      reader: blobs.openReader(),
    };
  });
  return { drive, blobs, xxh64, lanes, writeLanes: lanes.slice(0, WRITE_LANES), signal };
}

/** Asks the cache's hashes only: no piece is read. */
export function isZeroPieceOf({ blobs, xxh64 }: Work): IsZeroPiece {
  const zerosAt = READ_LANES * CHUNK_BYTES;
  const wholeHash = xxh64.hash(zerosAt, PIECE_BYTES);
  return (piece) =>
    blobs.expected(piece) ===
    (piece.dataBytes === PIECE_BYTES ? wholeHash : xxh64.hash(zerosAt, piece.dataBytes));
}

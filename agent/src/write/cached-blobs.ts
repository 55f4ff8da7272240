import { closeSync, openSync, read, readSync } from "node:fs";
import { join } from "node:path";
import { invariant } from "@stickfarm/common/invariant";
import { PIECE_BYTES } from "@stickfarm/common/layout/extent";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { type PieceHashes, readPieceHashes } from "../content/piece-hashes.ts";
import type { PieceSegment } from "./split-extents.ts";

/** Blobs that the cache holds and has checked, with the hashes of their pieces. */
export type CachedBlobs = {
  readonly expected: (piece: PieceSegment) => bigint;
  /** Each lane has its own, so that no two wait for each other. */
  readonly openReader: () => BlobReader;
};

export type BlobReader = {
  /** Fills the whole buffer or fails. One at a time. */
  readonly read: (blob: BlobPlace, buffer: Buffer) => Promise<Result<void>>;
};

export type BlobPlace = { readonly sha256: string; readonly blobOffsetBytes: number };

/** Up to here a read from the page cache is over before a thread could have been asked for it. */
const SMALL_BYTES = 64 * 1024;

/**
 * Read the piece hashes of all blobs.
 *
 * Problems: cache_corrupt.
 */
export function openCachedBlobs(
  cacheDirectory: string,
  blobs: readonly BlobRef[],
): Result<CachedBlobs> {
  const hashes = new Map<string, PieceHashes>();
  for (const { sha256, sizeBytes } of blobs) {
    if (hashes.has(sha256)) continue;
    const read = readPieceHashes(join(cacheDirectory, sha256), sizeBytes);
    if (!read.ok) return read;
    hashes.set(sha256, read.value);
  }
  return ok({
    expected: ({ sha256, pieceIndex }) => {
      const pieces = hashes.get(sha256);
      invariant(pieces !== undefined && pieceIndex < pieces.count, `${sha256} is in the order`);
      return pieces.expected(pieceIndex);
    },
    openReader: () => openReader(cacheDirectory),
  });
}

export function placeOf(piece: PieceSegment): BlobPlace {
  return { sha256: piece.sha256, blobOffsetBytes: piece.pieceIndex * PIECE_BYTES };
}

/** Keeps the last blob open: the next read is most often of the same one. */
function openReader(cacheDirectory: string): BlobReader {
  let opened: { readonly sha256: string; readonly fd: number } | null = null;
  return {
    read: async (place, buffer) => {
      const { sha256 } = place;
      try {
        if (opened !== null && opened.sha256 !== sha256) {
          closeSync(opened.fd);
          opened = null;
        }
        opened ??= { sha256, fd: openSync(join(cacheDirectory, sha256), "r") };
        const bytes = await readBlob(opened.fd, buffer, place.blobOffsetBytes);
        if (bytes === buffer.length) return ok(undefined);
        return corrupt(place, `${bytes} bytes were there, must be ${buffer.length}`);
      } catch (cause) {
        // node:fs throws nothing but errors.
        return corrupt(place, (cause as Error).message, cause);
      }
    },
  };
}

async function readBlob(fd: number, buffer: Buffer, offsetBytes: number): Promise<number> {
  if (buffer.length <= SMALL_BYTES) return readSync(fd, buffer, 0, buffer.length, offsetBytes);
  return new Promise((resolve, reject) => {
    read(fd, buffer, 0, buffer.length, offsetBytes, (error, bytes) => {
      if (error === null) resolve(bytes);
      else reject(error);
    });
  });
}

function corrupt(place: BlobPlace, reason: string, cause?: unknown): Result<never> {
  return fail({
    code: "cache_corrupt",
    detail: `Cannot read the cached content "${place.sha256}" at byte ${place.blobOffsetBytes}: ${reason}`,
    cause,
  });
}

import { close, open, read } from "node:fs";
import { join } from "node:path";
import { invariant } from "@stickfarm/common/invariant";
import { PIECE_BYTES } from "@stickfarm/common/layout/extent";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { type PieceHashes, readPieceHashes } from "../content/piece-hashes.ts";
import { runLanes } from "./run-lanes.ts";
import type { PieceSegment } from "./split-extents.ts";

/** Blobs that the cache holds and has checked, with the hashes of their pieces. */
export type CachedBlobs = {
  readonly expected: (piece: PieceSegment) => bigint;
  /** Each lane has its own, so that no two wait for each other. */
  readonly openReader: () => BlobReader;
};

export type BlobReader = {
  /** Fills the whole buffer or fails. */
  readonly read: (blob: BlobPlace, buffer: Buffer) => Promise<Result<void>>;
  readonly close: () => void;
};

export type BlobPlace = { readonly sha256: string; readonly blobOffsetBytes: number };

const SIDECARS_AT_ONCE = 8;

/**
 * Read the piece hashes of all blobs.
 *
 * Problems: cache_corrupt.
 */
export async function openCachedBlobs(
  cacheDirectory: string,
  blobs: readonly BlobRef[],
): Promise<Result<CachedBlobs>> {
  const hashes = new Map<string, PieceHashes>();
  const lanes = Array.from({ length: SIDECARS_AT_ONCE });
  const never = new AbortController().signal;
  const loaded = await runLanes(lanes, blobs, never, async ({ sha256, sizeBytes }) => {
    if (hashes.has(sha256)) return ok(undefined);
    const read = await readPieceHashes(join(cacheDirectory, sha256), sizeBytes);
    if (!read.ok) return read;
    hashes.set(sha256, read.value);
    return ok(undefined);
  });
  if (!loaded.ok) return loaded;
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
  const shut = (): void => {
    if (opened !== null) close(opened.fd);
    opened = null;
  };
  return {
    read: async ({ sha256, blobOffsetBytes }, buffer) => {
      if (opened?.sha256 !== sha256) {
        shut();
        const fd = await openBlob(join(cacheDirectory, sha256));
        if (!fd.ok) return fd;
        opened = { sha256, fd: fd.value };
      }
      return readBlob({ fd: opened.fd, sha256, blobOffsetBytes, buffer });
    },
    close: shut,
  };
}

function openBlob(path: string): Promise<Result<number>> {
  return new Promise((resolve) => {
    open(path, "r", (error, fd) => {
      resolve(error === null ? ok(fd) : corrupt(`"${path}"`, error.message, error));
    });
  });
}

type BlobRead = BlobPlace & { readonly fd: number; readonly buffer: Buffer };

function readBlob({ fd, sha256, blobOffsetBytes, buffer }: BlobRead): Promise<Result<void>> {
  return new Promise((resolve) => {
    read(fd, buffer, 0, buffer.length, blobOffsetBytes, (error, bytes) => {
      const place = `"${sha256}" at byte ${blobOffsetBytes}`;
      if (error !== null) resolve(corrupt(place, error.message, error));
      else if (bytes === buffer.length) resolve(ok(undefined));
      else resolve(corrupt(place, `${bytes} bytes were there, must be ${buffer.length}`));
    });
  });
}

function corrupt(place: string, reason: string, cause?: Error): Result<never> {
  return fail({
    code: "cache_corrupt",
    detail: `Cannot read the cached content ${place}: ${reason}`,
    cause,
  });
}

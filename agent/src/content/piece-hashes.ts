import { readFileSync } from "node:fs";
import { PIECE_BYTES } from "@stickfarm/common/layout/extent";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { openXxh64 } from "./xxh64.ts";

export type PieceHasher = {
  /** The next bytes of the blob, any number of them. */
  readonly update: (bytes: Uint8Array) => void;
  /** The sidecar's content: eight bytes, little endian, for each piece. Ends the hasher. */
  readonly finish: () => Uint8Array;
};

export type PieceHashes = {
  readonly count: number;
  /** xxHash64 of piece `pieceIndex` of the blob. */
  readonly expected: (pieceIndex: number) => bigint;
};

const HASH_BYTES = 8;

/** Where the piece hashes of a cached blob lie: beside it. */
export function pieceHashesPath(blobPath: string): string {
  return `${blobPath}.pieces`;
}

/** Hash a blob piece by piece while it streams into the cache. */
export function startPieceHasher(): PieceHasher {
  const xxh64 = openXxh64(PIECE_BYTES);
  let hashes = Buffer.alloc(64 * HASH_BYTES);
  let hashesBytes = 0;
  let filledBytes = 0;

  const endPiece = (): void => {
    if (hashesBytes === hashes.length) hashes = Buffer.concat([hashes], hashes.length * 2);
    hashesBytes = hashes.writeBigUInt64LE(xxh64.hash(0, filledBytes), hashesBytes);
    filledBytes = 0;
  };

  return {
    update: (bytes) => {
      for (let at = 0; at < bytes.length; ) {
        const part = bytes.subarray(at, at + PIECE_BYTES - filledBytes);
        xxh64.memory.set(part, filledBytes);
        filledBytes += part.length;
        at += part.length;
        if (filledBytes === PIECE_BYTES) endPiece();
      }
    },
    finish: () => {
      if (filledBytes > 0) endPiece();
      return hashes.subarray(0, hashesBytes);
    },
  };
}

/**
 * Read the piece hashes beside a cached blob.
 *
 * It waits for the disk: a writer has nothing else to do meanwhile, and for a tree of twenty thousand small files that
 * costs a tenth of what asking a thread for each does.
 *
 * Units:    bytes; `sizeBytes` is the blob's.
 * Problems: cache_corrupt, when the sidecar is missing or of another length.
 */
export function readPieceHashes(blobPath: string, sizeBytes: number): Result<PieceHashes> {
  const count = Math.ceil(sizeBytes / PIECE_BYTES);
  const path = pieceHashesPath(blobPath);
  try {
    const bytes = readFileSync(path);
    if (bytes.length !== count * HASH_BYTES) {
      return corrupt(path, `it holds ${bytes.length} bytes, must be ${count * HASH_BYTES}`);
    }
    return ok({
      count,
      expected: (pieceIndex) => bytes.readBigUInt64LE(pieceIndex * HASH_BYTES),
    });
  } catch (error) {
    // node:fs throws nothing but errors.
    return corrupt(path, (error as Error).message);
  }
}

function corrupt(path: string, reason: string): Result<never> {
  return fail({
    code: "cache_corrupt",
    detail: `Cannot read the piece hashes "${path}": ${reason}`,
  });
}

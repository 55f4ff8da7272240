import {
  type DriveGeometry,
  type Extent,
  PIECE_BYTES,
  SEAL_BYTES,
} from "@stickfarm/common/layout/extent";

/** A range of the drive that is written and verified as one; `lengthBytes` is a multiple of the logical block. */
export type Segment = ZeroSegment | BytesSegment | PieceSegment;

export type ZeroSegment = {
  readonly kind: "zero";
  readonly offsetBytes: number;
  readonly lengthBytes: number;
};

export type BytesSegment = {
  readonly kind: "bytes";
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  readonly bytes: Uint8Array;
};

/** One piece of a blob, the unit of its hashes, and zeros to the end of its last logical block. */
export type PieceSegment = {
  readonly kind: "piece";
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  readonly sha256: string;
  readonly pieceIndex: number;
  /** Bytes of the piece itself. */
  readonly dataBytes: number;
};

/** Whether the cache's hash of this piece is that of zeros. */
export type IsZeroPiece = (piece: PieceSegment) => boolean;

/**
 * Cut extents into segments, in device order.
 *
 * Shape: what begins before SEAL_BYTES is held back for the seal: `zero` and `bytes` are cut there, a piece is not, since
 *        it has one hash. Zeros that lie side by side, zero pieces among them, become one segment.
 */
export function* splitExtents(
  extents: readonly Extent[],
  geometry: DriveGeometry,
  isZeroPiece: IsZeroPiece,
): Generator<Segment> {
  let zeros: ZeroSegment | null = null;
  for (const segment of cutExtents(extents, geometry.logicalBlockBytes)) {
    if (segment.kind !== "zero" && !(segment.kind === "piece" && isZeroPiece(segment))) {
      if (zeros !== null) yield zeros;
      zeros = null;
      yield segment;
      continue;
    }
    const joined: ZeroSegment | null = joinZeros(zeros, segment);
    if (joined === null && zeros !== null) yield zeros;
    zeros = joined ?? joinZeros(null, segment);
  }
  if (zeros !== null) yield zeros;
}

/** Whether the segment waits for the seal. */
export function isHeldBack(segment: Segment): boolean {
  return segment.offsetBytes < SEAL_BYTES;
}

/** `null` when the two do not touch, or only one of them waits for the seal. */
function joinZeros(before: ZeroSegment | null, next: Segment): ZeroSegment | null {
  const { offsetBytes, lengthBytes } = before ?? { ...next, lengthBytes: 0 };
  const touch = offsetBytes + lengthBytes === next.offsetBytes;
  if (!touch || (before !== null && isHeldBack(before) !== isHeldBack(next))) return null;
  return { kind: "zero", offsetBytes, lengthBytes: lengthBytes + next.lengthBytes };
}

function* cutExtents(extents: readonly Extent[], blockBytes: number): Generator<Segment> {
  for (const { offsetBytes, lengthBytes, source } of extents) {
    if (source.kind === "blob") {
      yield* cutBlob({ offsetBytes, lengthBytes, source }, blockBytes);
      continue;
    }
    const beforeBytes = Math.max(0, Math.min(lengthBytes, SEAL_BYTES - offsetBytes));
    for (const [from, to] of [
      [0, beforeBytes],
      [beforeBytes, lengthBytes],
    ] as const) {
      if (from === to) continue;
      const range = { offsetBytes: offsetBytes + from, lengthBytes: to - from };
      if (source.kind === "zero") yield { kind: "zero", ...range };
      else yield { kind: "bytes", ...range, bytes: source.bytes.subarray(from, to) };
    }
  }
}

function* cutBlob(
  extent: Extent & { readonly source: { readonly kind: "blob" } },
  blockBytes: number,
): Generator<PieceSegment> {
  const { sha256, blobOffsetBytes } = extent.source;
  for (let at = 0; at < extent.lengthBytes; at += PIECE_BYTES) {
    const dataBytes = Math.min(PIECE_BYTES, extent.lengthBytes - at);
    yield {
      kind: "piece",
      offsetBytes: extent.offsetBytes + at,
      lengthBytes: Math.ceil(dataBytes / blockBytes) * blockBytes,
      sha256,
      pieceIndex: (blobOffsetBytes + at) / PIECE_BYTES,
      dataBytes,
    };
  }
}

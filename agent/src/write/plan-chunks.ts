import { invariant } from "@stickfarm/common/invariant";
import { PIECE_BYTES } from "@stickfarm/common/layout/extent";
import { isHeldBack, type Segment, type ZeroSegment } from "./split-extents.ts";

/** What goes to the drive, or comes from it, in one call. */
export type Chunk = {
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  /** Side by side, in device order; they cover the chunk. */
  readonly segments: readonly Segment[];
};

/** From here on, reading zeros to see whether they are there costs less than writing them and reading them back. */
const LONG_ZEROS_BYTES = 256 * 1024;

/**
 * Everything but long runs of zeros, as few and large chunks as touch each other.
 *
 * Units: `chunkMax` in bytes, a multiple of every logical block and at least a piece.
 */
export function planContent(segments: Iterable<Segment>, chunkMax: number): Generator<Chunk> {
  return joinSegments(contentOf(segments, chunkMax), chunkMax);
}

/** As few and large chunks as segments touch each other. No segment is longer than `chunkMax`. */
export function* joinSegments(segments: Iterable<Segment>, chunkMax: number): Generator<Chunk> {
  let open: { offsetBytes: number; lengthBytes: number; segments: Segment[] } | null = null;
  for (const segment of segments) {
    const end = open === null ? -1 : open.offsetBytes + open.lengthBytes;
    if (
      open !== null &&
      end === segment.offsetBytes &&
      open.lengthBytes + segment.lengthBytes <= chunkMax
    ) {
      open.segments.push(segment);
      open.lengthBytes += segment.lengthBytes;
      continue;
    }
    if (open !== null) yield open;
    const { offsetBytes, lengthBytes } = segment;
    open = { offsetBytes, lengthBytes, segments: [segment] };
  }
  if (open !== null) yield open;
}

/** The long runs of zeros, which are read before they are written. */
export function* planZeros(segments: Iterable<Segment>, chunkMax: number): Generator<Chunk> {
  for (const segment of segments) {
    if (isHeldBack(segment) || !isLongZeros(segment)) continue;
    const end = segment.offsetBytes + segment.lengthBytes;
    for (let offsetBytes = segment.offsetBytes; offsetBytes < end; offsetBytes += chunkMax) {
      yield zeroChunk(offsetBytes, Math.min(chunkMax, end - offsetBytes));
    }
  }
}

/** A range that shall be zero. */
export function zeroChunk(offsetBytes: number, lengthBytes: number): Chunk {
  return { offsetBytes, lengthBytes, segments: [{ kind: "zero", offsetBytes, lengthBytes }] };
}

export function sumBytes(chunks: Iterable<Chunk>): number {
  let total = 0;
  for (const chunk of chunks) total += chunk.lengthBytes;
  return total;
}

function isLongZeros(segment: Segment): segment is ZeroSegment {
  return segment.kind === "zero" && segment.lengthBytes >= LONG_ZEROS_BYTES;
}

function* contentOf(segments: Iterable<Segment>, chunkMax: number): Generator<Segment> {
  for (const segment of segments) {
    if (!isHeldBack(segment) && !isLongZeros(segment)) yield* cutBytes(segment, chunkMax);
  }
}

/** Bytes of the layout in parts of at most `partMax`; a piece and short zeros stay whole. */
export function* cutBytes(segment: Segment, partMax: number): Generator<Segment> {
  if (segment.kind !== "bytes") {
    invariant(segment.lengthBytes <= PIECE_BYTES, "a piece and short zeros fit into a chunk");
    yield segment;
    return;
  }
  for (let at = 0; at < segment.lengthBytes; at += partMax) {
    const bytes = segment.bytes.subarray(at, at + partMax);
    yield {
      kind: "bytes",
      offsetBytes: segment.offsetBytes + at,
      lengthBytes: bytes.length,
      bytes,
    };
  }
}

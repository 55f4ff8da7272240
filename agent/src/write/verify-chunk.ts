import { assertNever } from "@stickfarm/common/assert-never";
import { PIECE_BYTES } from "@stickfarm/common/layout/extent";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { placeOf } from "./cached-blobs.ts";
import type { Chunk } from "./plan-chunks.ts";
import type { PieceSegment, Segment } from "./split-extents.ts";
import { CHUNK_BYTES, type Lane, type Work } from "./work.ts";

/** A part of a chunk that did not come back as it shall be: whole segments side by side. */
export type Fault = {
  readonly chunk: Chunk;
  /** verify_mismatch, with the very bytes for a chunk's first fault; or read_failed. */
  readonly problem: Problem;
};

/**
 * Compare what came back from the drive into the lane's buffer with what the chunk shall be: pieces by hash, all else
 * byte by byte.
 *
 * Problems: cache_corrupt, when the cache itself no longer has the bytes that its hash promises.
 */
export async function verifyChunk(
  work: Work,
  chunk: Chunk,
  lane: Lane,
): Promise<Result<readonly Fault[]>> {
  const wrong = chunk.segments.filter(
    (segment) => !isAsPlanned(work, segment, lane.at + segment.offsetBytes - chunk.offsetBytes),
  );
  const [first] = wrong;
  if (first === undefined) return ok([]);
  // Explaining takes room in the lane, so nothing that came back is looked at after it.
  const explained = await explain(work, first, lane, first.offsetBytes - chunk.offsetBytes);
  if (explained.code === "cache_corrupt") return fail(explained);
  const faults: Fault[] = [];
  for (const segment of wrong) {
    const { offsetBytes, lengthBytes } = segment;
    const problem = segment === first ? explained : mismatch(offsetBytes, lengthBytes);
    addFault(faults, segment, problem);
  }
  return ok(faults);
}

/** A segment that follows the last fault makes that one longer. */
export function addFault(faults: Fault[], segment: Segment, problem: Problem): void {
  const { offsetBytes, lengthBytes } = segment;
  const last = faults.at(-1);
  if (last !== undefined && endOf(last.chunk) === offsetBytes) {
    const { chunk } = last;
    const longer = {
      offsetBytes: chunk.offsetBytes,
      lengthBytes: chunk.lengthBytes + lengthBytes,
      segments: [...chunk.segments, segment],
    };
    faults[faults.length - 1] = { chunk: longer, problem: last.problem };
    return;
  }
  faults.push({ chunk: { offsetBytes, lengthBytes, segments: [segment] }, problem });
}

function endOf({ offsetBytes, lengthBytes }: Chunk): number {
  return offsetBytes + lengthBytes;
}

/** `at` counts from the beginning of `xxh64.memory`. */
export function isAsPlanned({ xxh64, blobs }: Work, segment: Segment, at: number): boolean {
  switch (segment.kind) {
    case "zero":
      return xxh64.isZero(at, segment.lengthBytes);
    case "bytes":
      return (
        xxh64.memory.compare(
          segment.bytes,
          0,
          segment.lengthBytes,
          at,
          at + segment.lengthBytes,
        ) === 0
      );
    case "piece":
      return (
        xxh64.hash(at, segment.dataBytes) === blobs.expected(segment) &&
        xxh64.isZero(at + segment.dataBytes, segment.lengthBytes - segment.dataBytes)
      );
    default:
      return assertNever(segment);
  }
}

async function explain(work: Work, segment: Segment, lane: Lane, at: number): Promise<Problem> {
  const came = lane.buffer.subarray(at, at + segment.lengthBytes);
  if (segment.kind === "zero") return differs(segment, came, Buffer.alloc(segment.lengthBytes));
  if (segment.kind === "bytes") return differs(segment, came, segment.bytes);
  const source = await readSource(work, segment, lane, at);
  return source.ok ? differs(segment, came, source.value) : source.problem;
}

/** Read the piece again, beside the chunk's own in the lane: a chunk has room for several. */
async function readSource(
  { xxh64, blobs }: Work,
  piece: PieceSegment,
  lane: Lane,
  at: number,
): Promise<Result<Buffer>> {
  const spareAt = at >= PIECE_BYTES ? 0 : CHUNK_BYTES - PIECE_BYTES;
  const spare = lane.buffer.subarray(spareAt, spareAt + piece.lengthBytes);
  spare.fill(0);
  const read = await lane.reader.read(placeOf(piece), spare.subarray(0, piece.dataBytes));
  if (!read.ok) return read;
  if (xxh64.hash(lane.at + spareAt, piece.dataBytes) === blobs.expected(piece)) return ok(spare);
  return fail(rotten(piece));
}

/** The cached bytes are not those that were hashed when they came in. */
export function rotten(piece: PieceSegment): Problem {
  const { sha256, blobOffsetBytes } = placeOf(piece);
  return {
    code: "cache_corrupt",
    detail: `Cannot use the cached content "${sha256}" at bytes ${blobOffsetBytes} to ${blobOffsetBytes + piece.dataBytes - 1}: it has changed since it was checked`,
  };
}

function differs({ offsetBytes }: Segment, came: Uint8Array, must: Uint8Array): Problem {
  const isOther = (byte: number, index: number): boolean => byte !== must[index];
  const first = came.findIndex(isOther);
  // The bytes may have been read again since: then nothing differs now, and the whole range is named.
  if (first < 0) return mismatch(offsetBytes, came.length);
  return mismatch(offsetBytes + first, came.findLastIndex(isOther) - first + 1);
}

function mismatch(offsetBytes: number, lengthBytes: number): Problem {
  return {
    code: "verify_mismatch",
    detail: `Cannot verify the drive at bytes ${offsetBytes} to ${offsetBytes + lengthBytes - 1}: they are not what was written`,
    range: { offsetBytes, lengthBytes },
  };
}

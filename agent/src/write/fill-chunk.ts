import { ok, type Result } from "@stickfarm/common/result";
import { placeOf } from "./cached-blobs.ts";
import type { Chunk } from "./plan-chunks.ts";
import type { PieceSegment, Segment } from "./split-extents.ts";
import type { Lane } from "./work.ts";

/**
 * Put a chunk's bytes into the lane's buffer, ready to be written.
 *
 * Shape:    what no segment covers is left as it is.
 * Problems: cache_corrupt, when a blob cannot be read.
 */
export async function fillChunk(chunk: Chunk, lane: Lane): Promise<Result<void>> {
  const { segments } = chunk;
  for (let index = 0; index < segments.length; ) {
    const segment = segments[index]!; // Below length.
    const at = segment.offsetBytes - chunk.offsetBytes;
    const room = lane.buffer.subarray(at, at + segment.lengthBytes);
    if (segment.kind === "piece") {
      const pieces = piecesInARow(segments, index);
      const read = await readPieces(pieces, lane, at);
      if (!read.ok) return read;
      index += pieces.length;
      continue;
    }
    if (segment.kind === "zero") room.fill(0);
    else room.set(segment.bytes);
    index += 1;
  }
  return ok(undefined);
}

/** Pieces that follow each other in the blob and on the drive: one read instead of many. */
function piecesInARow(segments: readonly Segment[], from: number): PieceSegment[] {
  const pieces: PieceSegment[] = [];
  for (let index = from; index < segments.length; index += 1) {
    const next = segments[index];
    const last = pieces.at(-1);
    if (next?.kind !== "piece") break;
    if (
      last !== undefined &&
      (next.sha256 !== last.sha256 || next.pieceIndex !== last.pieceIndex + 1)
    ) {
      break;
    }
    pieces.push(next);
  }
  return pieces;
}

async function readPieces(
  pieces: readonly PieceSegment[],
  lane: Lane,
  at: number,
): Promise<Result<void>> {
  let dataBytes = 0;
  let lengthBytes = 0;
  for (const piece of pieces) {
    dataBytes = lengthBytes + piece.dataBytes;
    lengthBytes += piece.lengthBytes;
  }
  lane.buffer.fill(0, at + dataBytes, at + lengthBytes);
  return lane.reader.read(placeOf(pieces[0]!), lane.buffer.subarray(at, at + dataBytes)); // One at least.
}

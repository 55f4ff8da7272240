import { ok, type Result } from "@stickfarm/common/result";
import { type Chunk, joinSegments } from "../plan-chunks.ts";
import { runLanes } from "../run-lanes.ts";
import type { Segment } from "../split-extents.ts";
import { isAsPlanned } from "../verify-chunk.ts";
import { type Advance, CHUNK_BYTES, type Work } from "../work.ts";
import { finely } from "./drive-ranges.ts";

/** What a comparing read found. */
export type Compared = {
  /** Content that is what it shall be. */
  readonly sameBytes: number;
  /** Zeros that are zero. */
  readonly zeroBytes: number;
  readonly otherBytes: number;
  /** What is something else, joined where it touches, in device order. */
  readonly other: readonly Chunk[];
};

/**
 * Read chunks and compare them with what they shall be. `advance` is told of what is.
 *
 * Shape:    a chunk that cannot be read counts as something else: flash often gives a bad block another place once it is
 *           written, and if it does not, reading back tells.
 * Problems: those of the drive but for a failed read.
 */
export async function compareChunks(
  work: Work,
  chunks: Iterable<Chunk>,
  advance: Advance,
): Promise<Result<Compared>> {
  const other: Segment[] = [];
  const bytes = { same: 0, zero: 0, other: 0 };
  const read = await runLanes(work.lanes, chunks, work.signal, async (chunk, lane) => {
    const buffer = lane.buffer.subarray(0, chunk.lengthBytes);
    const came = await work.drive.read(buffer, chunk.offsetBytes);
    if (!came.ok && came.problem.code !== "read_failed") return came;
    let foundBytes = 0;
    for (const segment of finely([chunk])) {
      const { kind, lengthBytes } = segment;
      const at = lane.at + segment.offsetBytes - chunk.offsetBytes;
      if (came.ok && isAsPlanned(work, segment, at)) {
        bytes[kind === "zero" ? "zero" : "same"] += lengthBytes;
        foundBytes += lengthBytes;
      } else {
        bytes.other += lengthBytes;
        other.push(segment);
      }
    }
    advance(foundBytes);
    return ok(undefined);
  });
  if (!read.ok) return read;
  // Chunks are done as their reads come back, which need not be in order.
  other.sort((left, right) => left.offsetBytes - right.offsetBytes);
  return ok({
    sameBytes: bytes.same,
    zeroBytes: bytes.zero,
    otherBytes: bytes.other,
    other: [...joinSegments(other, CHUNK_BYTES)],
  });
}

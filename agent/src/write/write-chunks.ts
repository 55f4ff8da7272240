import { ok, type Result } from "@stickfarm/common/result";
import { fillChunk } from "./fill-chunk.ts";
import type { Chunk } from "./plan-chunks.ts";
import { runLanes } from "./run-lanes.ts";
import type { Advance, Work } from "./work.ts";

/**
 * Write chunks from the cache, in order; they are not flushed.
 *
 * Problems: those of the drive; cache_corrupt.
 */
export function writeChunks(
  work: Work,
  chunks: Iterable<Chunk>,
  advance: Advance,
): Promise<Result<void>> {
  return runLanes(work.writeLanes, chunks, work.signal, async (chunk, lane) => {
    const filled = await fillChunk(chunk, lane);
    if (!filled.ok) return filled;
    const buffer = lane.buffer.subarray(0, chunk.lengthBytes);
    const done = await work.drive.write(buffer, chunk.offsetBytes);
    if (!done.ok) return done;
    advance(chunk.lengthBytes);
    return ok(undefined);
  });
}

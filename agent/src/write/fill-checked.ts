import { fail, ok, type Result } from "@stickfarm/common/result";
import { fillChunk } from "./fill-chunk.ts";
import type { Chunk } from "./plan-chunks.ts";
import { isAsPlanned, rotten } from "./verify-chunk.ts";
import type { Lane, Work } from "./work.ts";

/**
 * Put a chunk's bytes into the lane's buffer and make sure that the cache gave the right ones: for what is written last,
 * or again.
 *
 * Shape:    what no segment covers is zero.
 * Problems: cache_corrupt.
 */
export async function fillChecked(work: Work, chunk: Chunk, lane: Lane): Promise<Result<void>> {
  lane.buffer.fill(0, 0, chunk.lengthBytes);
  const filled = await fillChunk(chunk, lane);
  if (!filled.ok) return filled;
  for (const segment of chunk.segments) {
    const at = lane.at + segment.offsetBytes - chunk.offsetBytes;
    if (segment.kind === "piece" && !isAsPlanned(work, segment, at)) return fail(rotten(segment));
  }
  return ok(undefined);
}

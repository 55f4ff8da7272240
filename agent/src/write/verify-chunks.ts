import type { Result } from "@stickfarm/common/result";
import type { Chunk } from "./plan-chunks.ts";
import { runLanes } from "./run-lanes.ts";
import { verifyChunk } from "./verify-chunk.ts";
import type { Advance, Work } from "./work.ts";

/**
 * Read chunks back past every cache and compare them with what they shall be.
 *
 * Problems: those of the drive; verify_mismatch; cache_corrupt.
 */
export function verifyChunks(
  work: Work,
  chunks: Iterable<Chunk>,
  advance: Advance,
): Promise<Result<void>> {
  return runLanes(work.lanes, chunks, work.signal, async (chunk, lane) => {
    const buffer = lane.buffer.subarray(0, chunk.lengthBytes);
    const read = await work.drive.read(buffer, chunk.offsetBytes);
    if (!read.ok) return read;
    const verified = await verifyChunk(work, chunk, lane);
    if (verified.ok) advance(chunk.lengthBytes);
    return verified;
  });
}

import type { Problem } from "@stickfarm/common/problem";
import { fail } from "@stickfarm/common/result";
import type { OpenDrive } from "./open-drive.ts";

/**
 * What a drive may hold back in a cache of its own. A stop and the last flush then wait for no more than this, and 100 %
 * means done. Source: bmaptool, which flushes every 24 MiB; on sticks a flush in between costs nothing that can be measured.
 */
export const FLUSH_EVERY_BYTES = 64 * 1024 * 1024;

/**
 * The same drive, flushed whenever so much was written since it was flushed last. A flush that failed stays failed: the
 * kernel tells of a lost write once, and the next flush succeeds though the bytes are lost.
 *
 * Source: https://wiki.postgresql.org/wiki/Fsync_Errors
 */
export function flushOften(drive: OpenDrive, everyBytes: number = FLUSH_EVERY_BYTES): OpenDrive {
  let unflushedBytes = 0;
  let failed: Problem | null = null;
  const flush: OpenDrive["flush"] = async () => {
    if (failed !== null) return fail(failed);
    unflushedBytes = 0;
    const flushed = await drive.flush();
    if (!flushed.ok) failed = flushed.problem;
    return flushed;
  };
  return {
    read: drive.read,
    write: async (buffer, offsetBytes) => {
      const written = await drive.write(buffer, offsetBytes);
      if (!written.ok) return written;
      unflushedBytes += buffer.length;
      return unflushedBytes >= everyBytes ? flush() : written;
    },
    flush,
  };
}

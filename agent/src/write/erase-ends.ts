import { type DriveGeometry, SEAL_BYTES } from "@stickfarm/common/layout/extent";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { Work } from "./work.ts";

/**
 * Zero the drive's first and last MiB and read both back: from here on nothing boots, and no partition table or label of
 * an earlier life is found. A drive that is write-protected or ends early shows it here, in a second.
 *
 * Problems: those of the drive; verify_mismatch.
 */
export async function eraseEnds(work: Work, geometry: DriveGeometry): Promise<Result<void>> {
  const { drive, xxh64 } = work;
  const lane = work.lanes[0]!; // There are READ_LANES of them.
  const lengthBytes = Math.min(SEAL_BYTES, geometry.sizeBytes);
  const ends = [0, geometry.sizeBytes - lengthBytes];
  const buffer = lane.buffer.subarray(0, lengthBytes);
  buffer.fill(0);
  for (const offsetBytes of ends) {
    const written = await drive.write(buffer, offsetBytes);
    if (!written.ok) return written;
  }
  const flushed = await drive.flush();
  if (!flushed.ok) return flushed;
  for (const offsetBytes of ends) {
    buffer.fill(0xff);
    const read = await drive.read(buffer, offsetBytes);
    if (!read.ok) return read;
    if (!xxh64.isZero(lane.at, lengthBytes)) {
      return fail({
        code: "verify_mismatch",
        detail: `Cannot erase the drive at bytes ${offsetBytes} to ${offsetBytes + lengthBytes - 1}: zeros were written and something else came back`,
      });
    }
  }
  return ok(undefined);
}

/**
 * The writer's own look at its drive, before anything is written: what a plan saw may have been exchanged since, and only
 * what lies behind the claimed descriptor is what would be lost.
 */
import { askForContents, findUnanswered } from "@stickfarm/common/drive/ask-serial";
import type { DriveContents } from "@stickfarm/common/drive/contents";
import type { DriveConsent } from "@stickfarm/common/drive/drive";
import { lookAtDrive } from "@stickfarm/common/glance/look-at-drive";
import type { DriveGeometry } from "@stickfarm/common/layout/extent";
import type { ReadBytes } from "@stickfarm/common/layout/read-bytes";
import type { Problem } from "@stickfarm/common/problem";
import type { OpenDrive } from "./calls/open-drive.ts";

/** What the operator consented to, and how long the drive may take to show itself. */
export type LookOrder = {
  readonly geometry: DriveGeometry;
  readonly consent: Pick<DriveConsent, "bay" | "serial" | "overrides">;
  readonly lookMs: number;
};

/**
 * Why this drive must not be erased, by what it holds now; `null` when its consent covers that. `buffer` is for the reads
 * alone, aligned as the drive needs it. A drive that cannot be read is not foreign: it shall fail as the broken stick that
 * it is.
 *
 * Problems: drive_foreign_content; drive_hung, after which a read may still go into the buffer.
 */
export async function whyNotErase(
  drive: Pick<OpenDrive, "read">,
  { geometry, consent, lookMs }: LookOrder,
  buffer: Buffer,
): Promise<Problem | null> {
  const late = startTimer(lookMs);
  const contents = await Promise.race([look(drive, geometry, buffer), late.over]);
  late.stop();
  if (contents === "late") {
    const detail = `Cannot see what the drive holds: it has not answered for ${lookMs / 1000} s`;
    return { code: "drive_hung", detail };
  }
  const ask = askForContents(contents, consent);
  return findUnanswered(ask === null ? [] : [ask], consent);
}

async function look(
  drive: Pick<OpenDrive, "read">,
  geometry: DriveGeometry,
  buffer: Buffer,
): Promise<DriveContents> {
  try {
    return await lookAtDrive(readsOf(drive, geometry, buffer), geometry);
  } catch (error) {
    if (error instanceof ReadFailure) return { kind: "unreadable", why: error.message };
    throw error;
  }
}

/** Ends a look at the first read that fails: a drive may take half a minute for each. */
class ReadFailure extends Error {}

/** Reads of any bytes from a drive that gives whole blocks only; one at a time. */
function readsOf(
  drive: Pick<OpenDrive, "read">,
  { sizeBytes, logicalBlockBytes }: DriveGeometry,
  buffer: Buffer,
): ReadBytes {
  return async (offsetBytes, lengthBytes) => {
    const end = Math.min(offsetBytes + lengthBytes, sizeBytes);
    if (!(offsetBytes >= 0 && offsetBytes < end)) return new Uint8Array();
    const bytes = new Uint8Array(end - offsetBytes);
    const start = offsetBytes - (offsetBytes % logicalBlockBytes);
    for (let at = start; at < end; at += buffer.length) {
      const neededBytes = Math.ceil((end - at) / logicalBlockBytes) * logicalBlockBytes;
      const part = buffer.subarray(0, Math.min(buffer.length, neededBytes));
      const read = await drive.read(part, at);
      if (!read.ok) throw new ReadFailure(read.problem.detail);
      const from = Math.max(offsetBytes, at);
      bytes.set(part.subarray(from - at, Math.min(part.length, end - at)), from - offsetBytes);
    }
    return bytes;
  };
}

function startTimer(limitMs: number): { over: Promise<"late">; stop: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), limitMs);
  });
  return { over, stop: () => clearTimeout(timer) };
}

import { fail, ok, type Result } from "@stickfarm/common/result";
import type { OpenDrive } from "./open-drive.ts";
import { callsInFlight, FIRST_PACE, learnPace } from "./pace.ts";

export type PaceOptions = {
  /** So many reads, or writes, are in flight at most. */
  readonly readsMax: number;
  readonly writesMax: number;
  /** After it no call begins; what was asked for fails as interrupted. */
  readonly signal: AbortSignal;
  /** A clock that never steps, in milliseconds. */
  readonly nowMs: () => number;
};

type Transfer = OpenDrive["read"];

/**
 * The same drive, asked for no more at once than it does in a moment: see pace.ts. Reads and writes each have a pace.
 *
 * Problems: those of the drive; interrupted.
 */
export function paceDrive(drive: OpenDrive, options: PaceOptions): OpenDrive {
  return {
    read: paced(drive.read, options.readsMax, options),
    write: paced(drive.write, options.writesMax, options),
    flush: drive.flush,
  };
}

function paced(transfer: Transfer, callsMax: number, { signal, nowMs }: PaceOptions): Transfer {
  let pace = FIRST_PACE;
  let endedAtMs = 0;
  const slots = openSlots(() => callsInFlight(pace, callsMax));

  const callOnce: Transfer = async (buffer, offsetBytes) => {
    const beganAtMs = nowMs();
    const done = await transfer(buffer, offsetBytes);
    const now = nowMs();
    pace = learnPace(pace, { bytes: buffer.length, ms: now - Math.max(beganAtMs, endedAtMs) });
    endedAtMs = now;
    return done;
  };

  return async (buffer, offsetBytes) => {
    await slots.take();
    try {
      for (let at = 0; at < buffer.length; ) {
        if (signal.aborted) return interrupted();
        const part = buffer.subarray(at, at + pace.strideBytes);
        const done = await callOnce(part, offsetBytes + at);
        if (!done.ok) return done;
        at += part.length;
      }
      return ok(undefined);
    } finally {
      slots.give();
    }
  };
}

function interrupted(): Result<never> {
  return fail({ code: "interrupted", detail: "Cannot go on: the writer was told to stop" });
}

/** Lets in as many as may be in at the moment, in the order in which they came. */
function openSlots(slotsNow: () => number): { take: () => Promise<void>; give: () => void } {
  const waiting: (() => void)[] = [];
  let taken = 0;
  const letIn = (): void => {
    while (waiting.length > 0 && taken < slotsNow()) {
      taken += 1;
      waiting.shift()?.();
    }
  };
  return {
    take: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        letIn();
      }),
    give: () => {
      taken -= 1;
      letIn();
    },
  };
}

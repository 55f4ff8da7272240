import type { Drive } from "@stickfarm/common/drive/drive";
import type { Problem } from "@stickfarm/common/problem";
import { blinkDrive } from "../drive/blink-drive.ts";
import { lookAt } from "../drive/describe-drive.ts";
import { type DriveOffer, findOffered } from "../drive/drive-offer.ts";
import type { DriveHost } from "../drive/read-machine.ts";

export type LocateOrder = {
  readonly locateId: string;
  readonly driveId: string;
  /** 0: stop. */
  readonly seconds: number;
};

/** Drives whose light blinks, so that a person finds them. */
export type Locator = {
  /** Begins or stops; resolves when it blinks no more, with what kept it from blinking. */
  readonly take: (order: LocateOrder) => Promise<Problem | null>;
  /** The drive is about to be written: its blinking ends now. */
  readonly leave: (driveId: string) => void;
  readonly close: () => void;
};

export type Blink = (
  driveId: string,
  durationMs: number,
  signal: AbortSignal,
) => Promise<Problem | null>;

/** Somebody looks for one stick; more at once would only be in the way of those that are being written. */
const BLINKS_MAX = 4;
const SECONDS_MAX = 60;

export function openLocator(blink: Blink, isWritten: (driveId: string) => boolean): Locator {
  const running = new Map<string, { readonly driveId: string; readonly stop: AbortController }>();
  const why = (driveId: string): string | null => {
    if (isWritten(driveId)) return "it is being written";
    if ([...running.values()].some((one) => one.driveId === driveId)) return "it blinks already";
    return running.size < BLINKS_MAX ? null : `${BLINKS_MAX} others blink already`;
  };
  const stopAll = (isMeant: (locateId: string, driveId: string) => boolean): void => {
    for (const [locateId, { driveId, stop }] of running)
      if (isMeant(locateId, driveId)) stop.abort();
  };
  return {
    take: async ({ locateId, driveId, seconds }) => {
      if (seconds === 0) {
        stopAll((id) => id === locateId);
        return null;
      }
      const reason = why(driveId);
      if (reason !== null)
        return { code: "drive_busy", detail: `Cannot locate drive "${driveId}": ${reason}` };
      const stop = new AbortController();
      running.set(locateId, { driveId, stop });
      try {
        return await blink(driveId, Math.min(seconds, SECONDS_MAX) * 1000, stop.signal);
      } finally {
        running.delete(locateId);
      }
    },
    leave: (driveId) => stopAll((_, id) => id === driveId),
    close: () => stopAll(() => true),
  };
}

/** A drive of the offer, where it is now. */
export function blinkerAt(offer: DriveOffer, host: DriveHost, seen: () => readonly Drive[]): Blink {
  return async (driveId, durationMs, signal) => {
    const source = await findOffered(offer, driveId, host);
    const drive = seen().find((one) => one.driveId === driveId);
    if (source === null || drive === undefined)
      return { code: "drive_gone", detail: `Cannot locate drive "${driveId}": it is not there` };
    const { path } = await lookAt(source);
    return blinkDrive({ path, sizeBytes: drive.sizeBytes, durationMs }, signal);
  };
}

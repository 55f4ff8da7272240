import { withContents } from "@stickfarm/common/drive/ask-serial";
import { type DriveContents, UNSEEN } from "@stickfarm/common/drive/contents";
import type { Drive } from "@stickfarm/common/drive/drive";

/** What the drives hold: each is looked at once after it was plugged in, and again after it was written. */
export type Glances = {
  /** The drives with what is known of them by now; those that are new are looked at meanwhile. */
  readonly addTo: (drives: readonly Drive[]) => readonly Drive[];
  /** The drive is about to be written: nobody looks at it until the returned function is called, and then anew. */
  readonly hold: (driveId: string) => () => void;
  readonly isHeld: (driveId: string) => boolean;
  readonly close: () => void;
};

export type Look = (drive: Drive, signal: AbortSignal) => Promise<DriveContents>;

/** More would slow the sticks that are being written. */
const LOOKS_MAX = 2;

type Glance = {
  readonly drive: Drive;
  readonly stop: AbortController;
  readonly state: "waiting" | "looking" | "over";
  readonly contents: DriveContents;
};

export function openGlances(look: Look): Glances {
  /** By drive id; bounded by the drives that are there. */
  const glances = new Map<string, Glance>();
  const held = new Set<string>();
  const forget = (driveId: string): void => {
    glances.get(driveId)?.stop.abort();
    glances.delete(driveId);
  };
  const run = async (glance: Glance): Promise<void> => {
    const { drive, stop } = glance;
    const contents = await look(drive, stop.signal).catch((error: Error): DriveContents => {
      return { kind: "unreadable", why: error.message };
    });
    // Another stick may be there by now, or the same to be looked at anew.
    if (glances.get(drive.driveId)?.stop !== stop) return lookOn();
    glances.set(drive.driveId, { drive, stop, state: "over", contents });
    lookOn();
  };
  const lookOn = (): void => {
    const all = [...glances.values()];
    const looking = all.filter(({ state }) => state === "looking").length;
    const next = all.filter(({ state }) => state === "waiting").slice(0, LOOKS_MAX - looking);
    for (const glance of next) {
      glances.set(glance.drive.driveId, { ...glance, state: "looking" });
      void run(glance);
    }
  };
  return {
    addTo: (drives) => {
      const present = new Map(drives.map((drive) => [drive.driveId, drive.insertion]));
      for (const [driveId, { drive }] of glances)
        if (present.get(driveId) !== drive.insertion) forget(driveId);
      for (const drive of drives) {
        const isNew = !glances.has(drive.driveId) && !held.has(drive.driveId);
        if (!isNew || drive.sizeBytes === 0) continue;
        const stop = new AbortController();
        glances.set(drive.driveId, { drive, stop, state: "waiting", contents: UNSEEN });
      }
      lookOn();
      return drives.map((drive) =>
        withContents(drive, glances.get(drive.driveId)?.contents ?? UNSEEN),
      );
    },
    hold: (driveId) => {
      held.add(driveId);
      forget(driveId);
      return () => held.delete(driveId);
    },
    isHeld: (driveId) => held.has(driveId),
    close: () => {
      for (const driveId of [...glances.keys()]) forget(driveId);
    },
  };
}

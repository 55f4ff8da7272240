import type { Problem } from "@stickfarm/common/problem";
import {
  type Beat,
  beginStallWatch,
  hearBeat,
  judgeDrive,
  type StallLimits,
} from "../attempt/stall-watch.ts";

export type DriveGuard = {
  readonly hear: (beat: Beat) => void;
  readonly end: () => void;
};

export type GuardOptions = {
  readonly limits: StallLimits;
  /** A clock that never steps. */
  readonly nowMs: () => number;
  /** Again and again while the drive is silent, and once with 0 when it answers again. */
  readonly onSilent: (silentMs: number) => void;
  /** Once for each silence. */
  readonly onWarning: (warning: Problem) => void;
  /** Once; then the guard has ended. */
  readonly onHung: (problem: Problem) => void;
};

const LOOK_EVERY_MS = 1000;

/** Watch over a drive from now on, and say what follows from its silence. */
export function guardDrive(options: GuardOptions): DriveGuard {
  const { limits, nowMs } = options;
  let watch = beginStallWatch(nowMs());
  let isSilent = false;
  let isWarned = false;
  const look = (): void => {
    const verdict = judgeDrive(watch, nowMs(), limits);
    if (verdict.kind === "hung") {
      clearInterval(timer);
      options.onHung(verdict.problem);
      return;
    }
    if (verdict.kind === "fine") {
      if (isSilent) options.onSilent(0);
      isSilent = false;
      isWarned = false;
      return;
    }
    isSilent = true;
    options.onSilent(verdict.silentMs);
    if (verdict.warning !== null && !isWarned) {
      isWarned = true;
      options.onWarning(verdict.warning);
    }
  };
  const timer = setInterval(look, Math.min(LOOK_EVERY_MS, limits.tellMs / 2));
  return {
    hear: (beat) => {
      watch = hearBeat(watch, beat, nowMs(), limits);
    },
    end: () => clearInterval(timer),
  };
}

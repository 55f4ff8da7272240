/**
 * Whether a drive still answers. A drive that is silent for 30 s is shown, after 120 s a person is warned, after 180 s it is
 * given up; a flush, in which a stick may tidy up all that it was given, has 300 s. A drive that moves less than 32 KiB/s
 * over 180 s is given up as well: the slowest sticks in the field do twice that, and a gigabyte takes them five hours.
 *
 * Source: rpi-imager's watchdog, 180 s; f3 and Debian's installer manual know sticks that pause for half a minute.
 */
import type { Problem } from "@stickfarm/common/problem";

/** What the writer tells of the drive, about once a second. */
export type Beat = {
  /** Calls that have ended, since the writer began. */
  readonly calls: number;
  /** Read and written, since the writer began. */
  readonly movedBytes: number;
  /** The oldest call that has not ended. */
  readonly waiting: WaitingCall | null;
};

export type WaitingCall = {
  readonly call: "read" | "write" | "flush";
  /** 0 for a flush. */
  readonly offsetBytes: number;
};

export type StallLimits = {
  readonly tellMs: number;
  readonly warnMs: number;
  readonly hungMs: number;
  readonly flushMs: number;
  readonly floorBytesPerSecond: number;
};

export type StallWatch = {
  readonly answeredAtMs: number;
  readonly beat: Beat;
  /** A while back, for the floor: never more than two, the first at least a window old when there are two. */
  readonly marks: readonly { readonly atMs: number; readonly movedBytes: number }[];
};

export type Verdict =
  | { readonly kind: "fine" }
  /** Said again each time: for a picture. */
  | { readonly kind: "silent"; readonly silentMs: number; readonly warning: Problem | null }
  | { readonly kind: "hung"; readonly problem: Problem };

/** In the proportions of the limits above; 180 s gives those. */
export function stallLimitsOf(hungMs: number): StallLimits {
  return {
    tellMs: hungMs / 6,
    warnMs: (hungMs * 2) / 3,
    hungMs,
    flushMs: (hungMs * 5) / 3,
    floorBytesPerSecond: 32 * 1024,
  };
}

const NOTHING: Beat = { calls: 0, movedBytes: 0, waiting: null };

export function beginStallWatch(nowMs: number): StallWatch {
  return { answeredAtMs: nowMs, beat: NOTHING, marks: [{ atMs: nowMs, movedBytes: 0 }] };
}

/** A call that has ended is an answer, and so is a new phase; a beat alone only shows that the writer lives. */
export function hearBeat(
  watch: StallWatch,
  beat: Beat,
  nowMs: number,
  limits: StallLimits,
): StallWatch {
  if (beat.calls === watch.beat.calls) return { ...watch, beat };
  const mark = { atMs: nowMs, movedBytes: beat.movedBytes };
  // No bytes move in a flush: the floor is measured anew behind it.
  const hasFlushed = watch.beat.waiting?.call === "flush";
  const marks = hasFlushed ? [mark] : moveMarks(watch.marks, mark, limits.hungMs);
  return { answeredAtMs: nowMs, beat, marks };
}

export function judgeDrive(watch: StallWatch, nowMs: number, limits: StallLimits): Verdict {
  const silentMs = nowMs - watch.answeredAtMs;
  const { waiting } = watch.beat;
  const hungMs = waiting?.call === "flush" ? limits.flushMs : limits.hungMs;
  if (silentMs >= hungMs) return { kind: "hung", problem: hungBecause(waiting, silentMs) };
  // Of a drive that is silent the silence is told, not that it is slow.
  if (silentMs < limits.tellMs) {
    const crawl = whyTooSlow(watch, nowMs, limits);
    return crawl === null ? { kind: "fine" } : { kind: "hung", problem: crawl };
  }
  const isWarned = silentMs >= limits.warnMs;
  return { kind: "silent", silentMs, warning: isWarned ? hungBecause(waiting, silentMs) : null };
}

function hungBecause(waiting: WaitingCall | null, silentMs: number): Problem {
  const forSeconds = `for ${Math.round(silentMs / 1000)} s`;
  // Then it is no fault of the drive: the workstation's own disk hangs, or the machine has no time for us.
  if (waiting === null) {
    return {
      code: "writer_died",
      detail: `Cannot go on: the writer has done nothing ${forSeconds}, and asks the drive for nothing`,
    };
  }
  const place = waiting.call === "flush" ? "" : ` at byte ${waiting.offsetBytes}`;
  return {
    code: "drive_hung",
    detail: `Cannot go on: the drive has not answered a ${waiting.call}${place} ${forSeconds}`,
  };
}

function whyTooSlow(watch: StallWatch, nowMs: number, limits: StallLimits): Problem | null {
  const [oldest] = watch.marks;
  const windowMs = nowMs - (oldest?.atMs ?? nowMs);
  if (oldest === undefined || windowMs < limits.hungMs) return null;
  const rate = ((watch.beat.movedBytes - oldest.movedBytes) * 1000) / windowMs;
  if (rate >= limits.floorBytesPerSecond) return null;
  return {
    code: "drive_slow",
    detail: `Cannot go on: the drive has moved ${Math.round(rate)} bytes a second for ${Math.round(windowMs / 1000)} s, must move ${limits.floorBytesPerSecond}`,
  };
}

type Mark = StallWatch["marks"][number];

/** Two marks a window apart at most: the rate is always that of one to two windows. */
function moveMarks(marks: readonly Mark[], now: Mark, windowMs: number): readonly Mark[] {
  const [oldest, newer] = marks;
  if (oldest === undefined) return [now];
  if (newer === undefined) return now.atMs - oldest.atMs >= windowMs / 2 ? [oldest, now] : marks;
  return now.atMs - newer.atMs >= windowMs ? [newer, now] : marks;
}

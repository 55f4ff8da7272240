import type { AttemptOrder } from "@stickfarm/common/build/attempt-order";
import type { ProgressEvent, ProgressPhase } from "@stickfarm/common/wire/progress";

export type Progress = {
  readonly phase: ProgressPhase;
  readonly doneBytes: number;
  /** 0 when unknown. */
  readonly totalBytes: number;
  /** Since the drive answered last; 0, or left out, unless that is worth telling. */
  readonly silentMs?: number;
};

export type ProgressMeter = {
  readonly show: (order: AttemptOrder, progress: Progress) => void;
  readonly forget: (order: AttemptOrder) => void;
};

type Track = {
  readonly attempt: number;
  readonly seq: number;
  readonly phase: ProgressPhase;
  readonly shownAtMs: number;
  /** Where the rate is measured from: the oldest point of the last WINDOW_MS of this phase. */
  readonly points: readonly { readonly atMs: number; readonly doneBytes: number }[];
};

const SHOW_EVERY_MS = 1000;
const WINDOW_MS = 5000;

/**
 * Turns byte counts into progress events: once a second for each drive, at once when a phase begins or is complete, with
 * the rate over the last five seconds.
 */
export function progressMeter(
  agent: string,
  nowMs: () => number,
  publish: (event: ProgressEvent) => void,
): ProgressMeter {
  const tracks = new Map<string, Track>();
  return {
    show: (order, progress) => {
      const now = nowMs();
      const before = tracks.get(order.jobId);
      const track = before?.attempt === order.attempt ? before : undefined;
      const next = advanceTrack(track, order.attempt, progress, now);
      if (!isDue(track, progress, now)) return;
      tracks.set(order.jobId, { ...next, shownAtMs: now, seq: next.seq + 1 });
      publish({
        buildId: order.buildId,
        jobId: order.jobId,
        agent,
        attempt: order.attempt,
        seq: next.seq + 1,
        atMs: now,
        phase: progress.phase,
        doneBytes: progress.doneBytes,
        totalBytes: progress.totalBytes,
        silentMs: Math.round(progress.silentMs ?? 0),
        ratePerSecondBytes: rateOf(next, progress.doneBytes, now),
      });
    },
    forget: (order) => {
      tracks.delete(order.jobId);
    },
  };
}

function isDue(track: Track | undefined, progress: Progress, nowMs: number): boolean {
  if (track === undefined || track.phase !== progress.phase) return true;
  const complete = progress.totalBytes > 0 && progress.doneBytes === progress.totalBytes;
  const last = track.points.at(-1)?.doneBytes;
  return (complete && last !== progress.doneBytes) || nowMs - track.shownAtMs >= SHOW_EVERY_MS;
}

function advanceTrack(
  track: Track | undefined,
  attempt: number,
  { phase, doneBytes }: Progress,
  nowMs: number,
): Track {
  const point = { atMs: nowMs, doneBytes };
  if (track === undefined || track.phase !== phase)
    return { attempt, phase, seq: track?.seq ?? 0, shownAtMs: 0, points: [point] };
  const points = track.points.filter(({ atMs }) => nowMs - atMs <= WINDOW_MS);
  return { ...track, points: [...points, point] };
}

function rateOf(track: Track, doneBytes: number, nowMs: number): number {
  const oldest = track.points[0];
  if (oldest === undefined || nowMs <= oldest.atMs) return 0;
  return Math.max(0, Math.round(((doneBytes - oldest.doneBytes) * 1000) / (nowMs - oldest.atMs)));
}

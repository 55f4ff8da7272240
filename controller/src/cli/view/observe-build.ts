import type { BuildPicture, JobPicture } from "../connect/build-picture.ts";

/** A build with what only the watcher can know: since when each drive stands still. */
export type WatchedBuild = {
  readonly picture: BuildPicture;
  /** By job id; the watcher's own clock, as the clocks of controller and agents may be off by hours. */
  readonly movedAtMs: ReadonlyMap<string, number>;
};

/** Progress comes once a second; a drive that says nothing new for so long is worth a look. */
const QUIET_MS = 5_000;

export function observeBuild(
  before: WatchedBuild | null,
  picture: BuildPicture,
  nowMs: number,
): WatchedBuild {
  const known = new Map(before?.picture.jobs.map((job) => [job.jobId, job]));
  const movedAtMs = picture.jobs.map((job): [string, number] => {
    const stood = hasMoved(known.get(job.jobId), job)
      ? undefined
      : before?.movedAtMs.get(job.jobId);
    return [job.jobId, stood ?? nowMs];
  });
  return { picture, movedAtMs: new Map(movedAtMs) };
}

/**
 * How long a running job has stood still, or null when that is nothing to speak of: progress is a picture that need not
 * come at all, so only a drive that had been seen to move can be said to stand.
 */
export function measureQuietMs(build: WatchedBuild, job: JobPicture, nowMs: number): number | null {
  const movedAtMs = build.movedAtMs.get(job.jobId);
  if (job.state !== "running" || job.totalBytes === null || movedAtMs === undefined) return null;
  return nowMs - movedAtMs >= QUIET_MS ? nowMs - movedAtMs : null;
}

function hasMoved(before: JobPicture | undefined, job: JobPicture): boolean {
  return (
    before?.attempt !== job.attempt ||
    before.state !== job.state ||
    before.phase !== job.phase ||
    before.doneBytes !== job.doneBytes
  );
}

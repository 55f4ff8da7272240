import type { JobPicture } from "../connect/build-picture.ts";

type Pace = Pick<JobPicture, "state" | "phase" | "doneBytes" | "totalBytes" | "rateBytesPerSecond">;

/**
 * How long until this stick is done, or null when nobody can know yet.
 *
 * Writing is followed by reading everything back. What that will take is not known while it writes; sticks read faster
 * than they write, so the pace of writing gives a bound that the rest of the build will keep. While a stick is compared
 * nobody knows how much of what lies ahead has changed, so nobody knows how long it takes.
 */
export function estimateJobLeftMs(job: Pace): number | null {
  if (job.state === "succeeded" || job.state === "failed" || job.state === "canceled") return 0;
  if (job.state !== "running") return null;
  if (job.phase === "seal" || job.phase === "ended") return 0;
  if (job.phase !== "write" && job.phase !== "verify") return null;
  if (job.totalBytes === null || job.rateBytesPerSecond === null) return null;
  const readBackBytes = job.phase === "write" ? job.totalBytes : 0;
  const leftBytes = Math.max(0, job.totalBytes - job.doneBytes) + readBackBytes;
  return Math.ceil((leftBytes / job.rateBytesPerSecond) * 1000);
}

/** The slowest stick decides; null as soon as one of them is unknown. */
export function estimateBuildLeftMs(jobs: readonly Pace[]): number | null {
  let leftMs = 0;
  for (const job of jobs) {
    const jobLeftMs = estimateJobLeftMs(job);
    if (jobLeftMs === null) return null;
    leftMs = Math.max(leftMs, jobLeftMs);
  }
  return leftMs;
}

import { isEnded, type JobState } from "./job-state.ts";

export const BUILD_STATES = ["running", "succeeded", "partial", "failed", "canceled"] as const;
export type BuildState = (typeof BUILD_STATES)[number];

/** A build has no state of its own: it is what its jobs are. */
export function deriveBuildState(jobs: readonly JobState[]): BuildState {
  if (!jobs.every(isEnded)) return "running";
  if (jobs.every((job) => job.kind === "succeeded")) return "succeeded";
  if (jobs.some((job) => job.kind === "succeeded")) return "partial";
  return jobs.some((job) => job.kind === "failed") ? "failed" : "canceled";
}

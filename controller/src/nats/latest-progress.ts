import type { ProgressEvent } from "@stickfarm/common/wire/progress";

/** More than a controller shows at once; what is dropped is a picture, and the next event brings it back. */
export const PROGRESS_JOBS_MAX = 10_000;

/**
 * The newest progress of each job. Events come late, twice and out of order: what counts is (attempt, seq), so that a bar
 * never goes back within an attempt, and an older attempt never hides a newer one.
 */
export class LatestProgress {
  readonly #events = new Map<string, ProgressEvent>();
  readonly #jobsMax: number;

  constructor(jobsMax = PROGRESS_JOBS_MAX) {
    this.#jobsMax = jobsMax;
  }

  /** True when it is newer than what was known. */
  take(event: ProgressEvent): boolean {
    const known = this.#events.get(event.jobId);
    if (known !== undefined && !isNewer(event, known)) return false;
    // Inserted anew at the end: the first of a full map is the one that has been silent the longest.
    this.#events.delete(event.jobId);
    this.#events.set(event.jobId, event);
    const [silent] = this.#events.keys();
    if (this.#events.size > this.#jobsMax && silent !== undefined) this.#events.delete(silent);
    return true;
  }

  of(jobId: string): ProgressEvent | null {
    return this.#events.get(jobId) ?? null;
  }

  /** Drop a job that has ended: its last picture would be shown beside its result. */
  forget(jobId: string): void {
    this.#events.delete(jobId);
  }
}

function isNewer(event: ProgressEvent, known: ProgressEvent): boolean {
  if (event.attempt !== known.attempt) return event.attempt > known.attempt;
  return event.seq > known.seq;
}

import type { ProgressEvent } from "@stickfarm/common/wire/progress";

/** More drives than a workstation can have. */
export const OUTBOX_JOBS_MAX = 256;

/**
 * What waits to be published: the last event of each job and no other, so that a slow or absent server costs pictures in
 * between and no memory.
 */
export class LatestOutbox {
  readonly #events = new Map<string, ProgressEvent>();
  #wake: (() => void) | null = null;

  get size(): number {
    return this.#events.size;
  }

  /** Events of a job come in the order in which they happened: the later one replaces the earlier. */
  put(event: ProgressEvent): void {
    // Deleted first, so that the order of keys is the order of the last news.
    this.#events.delete(event.jobId);
    this.#events.set(event.jobId, event);
    for (const jobId of this.#events.keys()) {
      if (this.#events.size <= OUTBOX_JOBS_MAX) break;
      this.#events.delete(jobId);
    }
    this.#wake?.();
  }

  waiting(): readonly ProgressEvent[] {
    return [...this.#events.values()];
  }

  /** These have arrived; what replaced one of them meanwhile still waits. */
  remove(events: readonly ProgressEvent[]): void {
    for (const event of events) {
      if (this.#events.get(event.jobId) === event) this.#events.delete(event.jobId);
    }
  }

  /** Settles when something waits, or on abort. For one reader at a time. */
  async filled(signal: AbortSignal): Promise<void> {
    if (this.#events.size > 0 || signal.aborted) return;
    await new Promise<void>((resolve) => {
      // A signal that lives as long as the connection must not keep a listener of each event.
      const wake = () => {
        signal.removeEventListener("abort", wake);
        resolve();
      };
      this.#wake = wake;
      signal.addEventListener("abort", wake, { once: true });
    });
    this.#wake = null;
  }
}

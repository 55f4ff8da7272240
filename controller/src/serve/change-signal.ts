/** Tells whoever waits that something changed. Holds no values: the waiter reads the truth again. */
export class ChangeSignal {
  #version = 0;
  #waiters = new Set<() => void>();

  raise(): void {
    this.#version += 1;
    const waiters = this.#waiters;
    this.#waiters = new Set();
    for (const wake of waiters) wake();
  }

  version(): number {
    return this.#version;
  }

  /** Settles once the version is not `seen` any more, or after `mostMs`, or on abort. */
  next(seen: number, mostMs: number, signal?: AbortSignal): Promise<void> {
    if (this.#version !== seen || signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiters.delete(done);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, mostMs);
      this.#waiters.add(done);
      signal?.addEventListener("abort", done, { once: true });
    });
  }
}

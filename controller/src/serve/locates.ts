import type { Problem } from "@stickfarm/common/problem";

/** Who waits for the end of which blinking. */
export type Locates = {
  /** Resolves when the agent says that it is over, with what kept it from blinking, or when the signal aborts. */
  readonly wait: (locateId: string, signal: AbortSignal) => Promise<Problem | null>;
  readonly end: (locateId: string, problem: Problem | null) => void;
};

export function openLocates(): Locates {
  const waiting = new Map<string, (problem: Problem | null) => void>();
  return {
    wait: (locateId, signal) =>
      new Promise((resolve) => {
        const over = (problem: Problem | null): void => {
          waiting.delete(locateId);
          resolve(problem);
        };
        waiting.set(locateId, over);
        signal.addEventListener("abort", () => over(null), { once: true });
        if (signal.aborted) over(null);
      }),
    end: (locateId, problem) => waiting.get(locateId)?.(problem),
  };
}

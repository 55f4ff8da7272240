import { setTimeout as pause } from "node:timers/promises";

export type Pauses = {
  readonly firstMs: number;
  /** Each pause is twice the one before, up to this. */
  readonly mostMs: number;
  /** A session that lasted so long was a good one: the next pause is the first again. */
  readonly settledMs: number;
};

/**
 * Run a session, and again whenever it ends, until `signal` aborts. For connections and processes that are to be there
 * for as long as we are. Settles when the last session has ended.
 *
 * A session ends early when its signal aborts. How it ended is its own business: one that throws is told to `onFailure`,
 * with the number of short sessions in a row before it. Pauses are spread by half, so that many who lost one server do
 * not come back at once.
 */
export async function repeatSession(
  session: (signal: AbortSignal) => Promise<void>,
  options: {
    readonly signal: AbortSignal;
    readonly pauses: Pauses;
    readonly onFailure: (error: unknown, failuresBefore: number) => void;
  },
): Promise<void> {
  const { signal, pauses } = options;
  let failures = 0;
  while (!signal.aborted) {
    const startedAtMs = performance.now();
    const failure = await runSession(session, signal);
    if (signal.aborted) return;
    if (performance.now() - startedAtMs >= pauses.settledMs) failures = 0;
    if (failure !== null) options.onFailure(failure.error, failures);
    const fullMs = Math.min(pauses.mostMs, pauses.firstMs * 2 ** failures);
    failures += 1;
    await pauseUnlessAborted(fullMs * (0.5 + Math.random() / 2), signal);
  }
}

/** What `opening` gives, or null when `signal` aborts before that; what comes late is then handed to `discard`. */
export function openUnlessAborted<Value>(
  opening: Promise<Value>,
  { signal, discard }: { readonly signal: AbortSignal; readonly discard: (late: Value) => unknown },
): Promise<Value | null> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => resolve(null);
    if (signal.aborted) giveUp();
    signal.addEventListener("abort", giveUp, { once: true });
    opening
      .then((value) => (signal.aborted ? discard(value) : resolve(value)))
      .catch(reject)
      .finally(() => signal.removeEventListener("abort", giveUp));
  });
}

async function runSession(
  session: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<{ readonly error: unknown } | null> {
  try {
    await session(signal);
    return null;
  } catch (error) {
    return { error };
  }
}

async function pauseUnlessAborted(durationMs: number, signal: AbortSignal): Promise<void> {
  try {
    await pause(durationMs, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

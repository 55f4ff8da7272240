/** What is given up when something else can be asked. */
export type PaceLimit = {
  readonly minBytesPerSecond: number;
  /** Of waiting for bytes, in milliseconds; what is done with them does not count. */
  readonly windowMs: number;
};

/**
 * The same bytes, ended by an error when a window of waiting brought fewer than it must: a server that drips never falls
 * silent, and would hold a stick for days.
 *
 * A source that gives nothing at all for the length of a window is its connection's business to end.
 */
export async function* keepPace(
  source: AsyncIterable<Uint8Array>,
  limit: PaceLimit | null,
  nowMs: () => number = () => performance.now(),
): AsyncGenerator<Uint8Array> {
  if (limit === null) {
    yield* source;
    return;
  }
  let waitedMs = 0;
  let cameBytes = 0;
  let askedAtMs = nowMs();
  for await (const bytes of source) {
    waitedMs += nowMs() - askedAtMs;
    cameBytes += bytes.length;
    // First what came, then the judgement: the next point goes on behind it.
    yield bytes;
    if (waitedMs >= limit.windowMs) {
      const ratePerSecond = Math.floor((cameBytes * 1000) / waitedMs);
      if (ratePerSecond < limit.minBytesPerSecond)
        throw new Error(
          `${ratePerSecond} bytes a second come, at least ${limit.minBytesPerSecond} must`,
        );
      waitedMs = 0;
      cameBytes = 0;
    }
    askedAtMs = nowMs();
  }
}

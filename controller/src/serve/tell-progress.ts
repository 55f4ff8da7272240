import { setTimeout as wait } from "node:timers/promises";
import { ok, type Result } from "@stickfarm/common/result";

/** Often enough to be seen to move. */
const TELL_EVERY_MS = 500;

/** How far a long work is, every half second, and then what it came to. */
export async function* tellProgress<Message>(
  work: Promise<Result<Message>>,
  current: () => Message,
  everyMs = TELL_EVERY_MS,
): AsyncGenerator<Result<Message>> {
  const pauses = new AbortController();
  try {
    for (;;) {
      const { signal } = pauses;
      const paused = wait(everyMs, null, { signal }).catch(() => null);
      const ended = await Promise.race([work, paused]);
      yield ended ?? ok(current());
      if (ended !== null) return;
    }
  } finally {
    pauses.abort();
    // Who leaves early has stopped it; nothing goes on behind his back.
    await work;
  }
}

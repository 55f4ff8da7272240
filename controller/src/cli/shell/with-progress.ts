import { ok, type Result } from "@stickfarm/common/result";
import { type ProgressLine, startProgressLine } from "./progress-line.ts";
import { type Session, say } from "./session.ts";
import { EXIT_INTERRUPTED } from "./shell.ts";

/** What a long step works with. */
export type LongStep = { readonly progress: ProgressLine; readonly signal: AbortSignal };

/**
 * Do a long step with progress on stderr that Ctrl-C ends in order: nothing that it opened stays open.
 *
 * Shape: exit status 130 when it was interrupted; `outcome` is what is said then: "nothing was added".
 */
export async function withProgress(
  session: Session,
  outcome: string,
  step: (options: LongStep) => Promise<Result<number>>,
): Promise<Result<number>> {
  const interrupted = new AbortController();
  const stopListening = session.io.onInterrupt(() => interrupted.abort());
  const progress = startProgressLine(session);
  try {
    const ended = await step({ progress, signal: interrupted.signal });
    if (ended.ok || !interrupted.signal.aborted) return ended;
    say(session, `Stopped, ${outcome}`);
    return ok(EXIT_INTERRUPTED);
  } finally {
    progress.clear();
    stopListening();
  }
}

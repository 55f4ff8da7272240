import type { WriteHooks } from "./write-hooks.ts";
import type { WriterEvent, WriterPhase } from "./writer-protocol.ts";

type Phase = {
  readonly phase: WriterPhase;
  readonly totalBytes: number;
  doneBytes: number;
  toldAtMs: number;
};

/**
 * Emits phases as they begin, and progress at most every `everyMs`.
 *
 * The last byte of a phase is told of when the next one begins, or at `end`: what a drive has taken is not done before it is
 * flushed, and 100 % means done.
 */
export function progressHooks(options: {
  readonly everyMs: number;
  readonly nowMs: () => number;
  readonly emit: (event: WriterEvent) => void;
}): Pick<WriteHooks, "nowMs" | "onPhase"> & { readonly end: () => void } {
  const { everyMs, nowMs, emit } = options;
  let now: Phase | null = null;
  const tell = ({ phase, totalBytes, doneBytes }: Phase): void =>
    emit({ kind: "progress", phase, doneBytes, totalBytes });
  const end = (): void => {
    if (now !== null && now.doneBytes > 0) tell(now);
    now = null;
  };
  return {
    nowMs,
    onPhase: (phase, totalBytes) => {
      end();
      emit({ kind: "phase", phase, totalBytes });
      const mine: Phase = { phase, totalBytes, doneBytes: 0, toldAtMs: nowMs() };
      now = mine;
      return (bytes) => {
        mine.doneBytes += bytes;
        const atMs = nowMs();
        if (atMs - mine.toldAtMs < everyMs || mine.doneBytes >= totalBytes) return;
        mine.toldAtMs = atMs;
        tell(mine);
      };
    },
    end,
  };
}

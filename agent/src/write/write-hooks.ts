import type { Advance } from "./work.ts";
import type { WriterPhase } from "./writer-protocol.ts";

export type WriteHooks = {
  /** Called as each phase begins; what it gives is told of the bytes that are done. */
  readonly onPhase: (phase: WriterPhase, totalBytes: number) => Advance;
  /** Dice in [0, 1). */
  readonly random: () => number;
  /** TAG_BYTES that no attempt had before. */
  readonly tag: Buffer;
  /** A clock that never steps, in milliseconds. */
  readonly nowMs: () => number;
};

import type { AttemptPhase } from "@stickfarm/common/build/attempt-phase";
import type { Evidence } from "@stickfarm/common/build/evidence";
import type { AttemptEvent } from "../attempt/attempt-state.ts";
import type { Progress } from "./progress-meter.ts";

/** What comes from a stick that is being written. */
export type StickEvents = {
  /** Anything: the writer lives and its drive answers. */
  readonly heard: () => void;
  readonly progress: (progress: Progress) => void;
  readonly phase: (phase: AttemptPhase) => void;
  readonly measured: (evidence: Omit<Evidence, "manifestSha256">) => void;
  readonly event: (event: AttemptEvent) => void;
};

/** A drive that is held by its writer. */
export type ClaimedStick = {
  readonly writer: {
    readonly begin: () => void;
    readonly seal: () => void;
    readonly stop: () => void;
    readonly kill: () => void;
  };
  /** Ends the writer if it lives and closes the drive; waits for both, but not for a writer that the kernel holds. */
  readonly release: () => Promise<void>;
};

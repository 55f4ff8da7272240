import type { Log } from "@stickfarm/common/log";
import type { ProgressEvent } from "@stickfarm/common/wire/progress";
import type { Library } from "../content/library.ts";
import type { PointDoors } from "../content/point/point-doors.ts";
import type { Store } from "../store/store.ts";
import type { SecretBox } from "../trust/secret-box.ts";
import type { AgentSessions } from "./agent-sessions.ts";
import type { ChangeSignal } from "./change-signal.ts";
import type { SplitWim } from "./create-wim-splitter.ts";
import type { Locates } from "./locates.ts";

/** What the parts of the shell share: the truth, who is connected, and the effects. */
export type Farm = {
  readonly store: Store;
  readonly library: Library;
  readonly points: PointDoors;
  readonly sessions: AgentSessions;
  /** Raised after each change of the truth or of the sessions. */
  readonly changed: ChangeSignal;
  /** Raised with each progress event: something to show, nothing to decide. */
  readonly progressed: ChangeSignal;
  /** The newest progress of a job, or null. */
  readonly progressOf: (jobId: string) => ProgressEvent | null;
  /** Drives that blink, as it was asked for. */
  readonly locates: Locates;
  /** Why a pending job does not run, from the scheduler's newest decisions. */
  readonly waiting: Map<string, readonly string[]>;
  /** Ed25519 by the farm's signing key. */
  readonly sign: (bytes: Uint8Array) => Uint8Array;
  readonly secretBox: SecretBox;
  readonly splitWim: SplitWim;
  readonly nowMs: () => number;
  /** Sortable by time, 26 characters. */
  readonly newId: () => string;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly log: Log;
};

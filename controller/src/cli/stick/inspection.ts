/** What a stick is found to be, all of it read. */
export type Inspection = {
  /** unproven: what was written cannot be told from what a block map left out. */
  readonly verdict: "intact" | "changed" | "unsealed" | "foreign" | "unproven";
  /** As the stick says it; null when it has none, or one that this farm did not sign. */
  readonly passport: StickPassport | null;
  readonly findings: readonly StickFinding[];
  /** Files that are what the manifest lists; an image counts as one. */
  readonly goodFiles: number;
  readonly readBytes: number;
  /** What of the stick the verdict says nothing of, and why; shown to a person. */
  readonly notCompared: readonly string[];
};

export type StickPassport = {
  readonly stickId: string;
  readonly buildId: string;
  readonly manifestSha256: string;
  readonly serial: string;
  readonly orderedAt: string;
};

export type StickFinding = {
  readonly what: "changed" | "missing" | "added" | "unsigned";
  /** On the stick; or "beginning of the stick", "partition table", "boot code", "image". */
  readonly path: string;
};

export type Inspecting = {
  readonly path: string;
  readonly farmKeyPem: string;
  readonly signal: AbortSignal;
  readonly onRead: (doneBytes: number, totalBytes: number) => void;
};

/** Of a verdict that needs no reading. */
export const NOTHING_READ = { goodFiles: 0, readBytes: 0, notCompared: [] };

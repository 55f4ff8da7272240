import type { AttemptReport } from "@stickfarm/common/build/attempt-report";

/** What the journal remembers, one line each. Written and synced before the act that it announces. */
export type JournalRecord =
  | {
      readonly kind: "accepted";
      readonly jobId: string;
      readonly attempt: number;
      readonly fence: number;
      readonly driveId: string;
      readonly manifestSha256: string;
    }
  | { readonly kind: "destroying"; readonly jobId: string; readonly attempt: number }
  | { readonly kind: "sealing"; readonly jobId: string; readonly attempt: number }
  | { readonly kind: "result"; readonly report: AttemptReport }
  | { readonly kind: "acknowledged"; readonly jobId: string; readonly attempt: number }
  /** Highest fence seen for each drive; opens a compacted journal. */
  | { readonly kind: "fences"; readonly fences: Readonly<Record<string, number>> };

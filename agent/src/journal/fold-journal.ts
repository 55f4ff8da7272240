import { assertNever } from "@stickfarm/common/assert-never";
import type { AttemptReport } from "@stickfarm/common/build/attempt-report";
import type { JournalRecord } from "./journal-record.ts";

type Accepted = Extract<JournalRecord, { kind: "accepted" }>;

/** An attempt whose result is not acknowledged. */
export type HeldAttempt = {
  readonly accepted: Accepted;
  readonly last: "accepted" | "destroying" | "sealing";
  readonly report: AttemptReport | null;
};

export type JournalState = {
  /** By `attemptKey`. */
  readonly held: ReadonlyMap<string, HeldAttempt>;
  /** Highest fence seen for each drive. */
  readonly fences: Readonly<Record<string, number>>;
};

export function attemptKey(attempt: { readonly jobId: string; readonly attempt: number }): string {
  return `${attempt.jobId}/${attempt.attempt}`;
}

export const EMPTY_JOURNAL: JournalState = { held: new Map(), fences: {} };

/** What one more record makes of the state. Records about attempts that are not held change nothing. */
export function foldRecord(state: JournalState, record: JournalRecord): JournalState {
  switch (record.kind) {
    case "fences":
      return { ...state, fences: record.fences };
    case "accepted": {
      const fence = Math.max(state.fences[record.driveId] ?? 0, record.fence);
      const held = withHeld(state, attemptKey(record), {
        accepted: record,
        last: "accepted",
        report: null,
      });
      return { held, fences: { ...state.fences, [record.driveId]: fence } };
    }
    case "destroying":
    case "sealing": {
      const held = state.held.get(attemptKey(record));
      if (held === undefined) return state;
      return {
        ...state,
        held: withHeld(state, attemptKey(record), { ...held, last: record.kind }),
      };
    }
    case "result": {
      const held = state.held.get(attemptKey(record.report));
      if (held === undefined) return state;
      return {
        ...state,
        held: withHeld(state, attemptKey(record.report), { ...held, report: record.report }),
      };
    }
    case "acknowledged": {
      const held = new Map(state.held);
      held.delete(attemptKey(record));
      return { ...state, held };
    }
    default:
      return assertNever(record);
  }
}

/** The shortest journal that folds to the same state. */
export function compactRecords(state: JournalState): readonly JournalRecord[] {
  const records: JournalRecord[] = [{ kind: "fences", fences: state.fences }];
  for (const { accepted, last, report } of state.held.values()) {
    const { jobId, attempt } = accepted;
    records.push(accepted);
    if (last === "sealing") records.push({ kind: "destroying", jobId, attempt });
    if (last !== "accepted") records.push({ kind: last, jobId, attempt });
    if (report !== null) records.push({ kind: "result", report });
  }
  return records;
}

function withHeld(state: JournalState, key: string, held: HeldAttempt): Map<string, HeldAttempt> {
  return new Map(state.held).set(key, held);
}

/**
 * The life of one attempt on the agent, as a pure machine: events come in, steps to do come out.
 *
 *   accepted → fetching → leasing → claiming → opening ═→ writing → closing → sealing → ended
 *
 * ═ is the point of no return: `opening` waits for the journal to say durably that the stick will be destroyed, and only
 * then is the writer told to begin. Before it an attempt ends clean; after it, anything but a finished seal leaves the
 * stick dirty and unbootable. `closing` waits for the journal to say that the seal comes next; from then on a cancel is
 * too late.
 */
import { assertNever } from "@stickfarm/common/assert-never";
import type { AttemptOutcome } from "@stickfarm/common/build/job-state";
import type { WriteProof } from "@stickfarm/common/build/write-policy";
import type { Problem } from "@stickfarm/common/problem";

export type AttemptState =
  | { readonly kind: "accepted" }
  | { readonly kind: "fetching" }
  | { readonly kind: "leasing" }
  | { readonly kind: "claiming"; readonly leaseUntilMs: number }
  | { readonly kind: "opening" }
  | { readonly kind: "writing"; readonly canceled: boolean }
  | { readonly kind: "closing"; readonly canceled: boolean }
  | { readonly kind: "sealing" }
  | { readonly kind: "ended"; readonly outcome: AttemptOutcome };

export type AttemptEvent =
  | { readonly kind: "started" }
  | { readonly kind: "content_ready" }
  | { readonly kind: "content_failed"; readonly problem: Problem }
  | { readonly kind: "lease_granted"; readonly leaseUntilMs: number }
  | { readonly kind: "lease_refused" }
  | { readonly kind: "claimed"; readonly nowMs: number }
  | { readonly kind: "claim_failed"; readonly problem: Problem }
  | { readonly kind: "journaled"; readonly record: "destroying" | "sealing" }
  | { readonly kind: "journal_failed"; readonly problem: Problem }
  | { readonly kind: "verified" }
  | { readonly kind: "sealed"; readonly proof: WriteProof }
  /** The writer said why it ended; `dirty` as far as it knows. */
  | { readonly kind: "writer_failed"; readonly problem: Problem; readonly dirty: boolean }
  | { readonly kind: "writer_stopped" }
  | { readonly kind: "writer_died"; readonly words: string }
  /** The drive is given up. */
  | { readonly kind: "stalled"; readonly problem: Problem }
  /** The writer was told to stop, and had time enough. */
  | { readonly kind: "stop_overdue" }
  | { readonly kind: "cancel" };

export type AttemptStep =
  | { readonly kind: "fetch" }
  | { readonly kind: "request_lease" }
  | { readonly kind: "claim" }
  | { readonly kind: "journal"; readonly record: "destroying" | "sealing" }
  | { readonly kind: "begin" }
  | { readonly kind: "seal" }
  | { readonly kind: "stop_writer" }
  /** Give up a writer that the kernel does not let go of. */
  | { readonly kind: "abandon_writer" }
  /** Release what is held and report. */
  | { readonly kind: "finish"; readonly outcome: AttemptOutcome };

export type Advance = { readonly state: AttemptState; readonly steps: readonly AttemptStep[] };

export const ACCEPTED: AttemptState = { kind: "accepted" };

/** What happens next. Total: an event that does not fit the state gives the same state back, and no steps. */
export function advanceAttempt(state: AttemptState, event: AttemptEvent): Advance {
  switch (state.kind) {
    case "accepted":
      if (event.kind === "started") return go({ kind: "fetching" }, { kind: "fetch" });
      return endClean(state, event);
    case "fetching":
      if (event.kind === "content_ready") return go({ kind: "leasing" }, { kind: "request_lease" });
      return endClean(state, event);
    case "leasing":
      if (event.kind === "lease_granted")
        return go({ kind: "claiming", leaseUntilMs: event.leaseUntilMs }, { kind: "claim" });
      return endClean(state, event);
    case "claiming":
      return advanceClaiming(state, event);
    case "opening":
      if (event.kind === "journaled" && event.record === "destroying")
        return go({ kind: "writing", canceled: false }, { kind: "begin" });
      return endClean(state, event);
    case "writing":
      return advanceWriting(state, event);
    case "closing":
      return advanceClosing(state, event);
    case "sealing":
      if (event.kind === "sealed") return end({ kind: "succeeded", proof: event.proof });
      return endDirty(state, event, false);
    case "ended":
      return { state, steps: [] };
    default:
      return assertNever(state);
  }
}

function advanceClaiming(
  state: Extract<AttemptState, { kind: "claiming" }>,
  event: AttemptEvent,
): Advance {
  if (event.kind !== "claimed") return endClean(state, event);
  // A claim that took longer than the lease needs a new one: permission to begin must be fresh.
  if (event.nowMs > state.leaseUntilMs) return go({ kind: "leasing" }, { kind: "request_lease" });
  return go({ kind: "opening" }, { kind: "journal", record: "destroying" });
}

function advanceWriting(
  state: Extract<AttemptState, { kind: "writing" }>,
  event: AttemptEvent,
): Advance {
  if (event.kind === "cancel")
    return state.canceled
      ? { state, steps: [] }
      : go({ kind: "writing", canceled: true }, { kind: "stop_writer" });
  if (event.kind === "verified" && !state.canceled)
    return go({ kind: "closing", canceled: false }, { kind: "journal", record: "sealing" });
  return endDirty(state, event, state.canceled);
}

function advanceClosing(
  state: Extract<AttemptState, { kind: "closing" }>,
  event: AttemptEvent,
): Advance {
  if (event.kind === "cancel" && !state.canceled)
    return go({ kind: "closing", canceled: true }, { kind: "stop_writer" });
  if (event.kind === "journaled" && event.record === "sealing" && !state.canceled)
    return go({ kind: "sealing" }, { kind: "seal" });
  return endDirty(state, event, state.canceled);
}

/** Nothing has been written: every end is a clean one. */
function endClean(state: AttemptState, event: AttemptEvent): Advance {
  switch (event.kind) {
    case "cancel":
      return end({ kind: "canceled", dirty: false });
    case "lease_refused":
      return end(
        failed(
          { code: "lease_refused", detail: "Cannot begin: the controller gave no lease" },
          false,
        ),
      );
    case "content_failed":
    case "claim_failed":
    case "journal_failed":
      return end(failed(event.problem, false));
    case "writer_failed":
      return end(failed(event.problem, event.dirty));
    case "writer_died":
      return end(failed(diedBecause(event.words), false));
    default:
      return { state, steps: [] };
  }
}

/** Something may have been written: every end but a finished seal leaves the stick dirty. */
function endDirty(state: AttemptState, event: AttemptEvent, canceled: boolean): Advance {
  switch (event.kind) {
    case "writer_stopped":
      return end({ kind: "canceled", dirty: true });
    case "writer_failed":
      return canceled
        ? end({ kind: "canceled", dirty: true })
        : end(failed(event.problem, event.dirty));
    case "writer_died":
      return canceled
        ? end({ kind: "canceled", dirty: true })
        : end(failed(diedBecause(event.words), true));
    case "journal_failed":
      return {
        state: { kind: "ended", outcome: failed(event.problem, true) },
        steps: [{ kind: "stop_writer" }, { kind: "finish", outcome: failed(event.problem, true) }],
      };
    case "stalled":
      return abandon(canceled ? { kind: "canceled", dirty: true } : failed(event.problem, true));
    case "stop_overdue":
      return canceled ? abandon({ kind: "canceled", dirty: true }) : { state, steps: [] };
    default:
      return { state, steps: [] };
  }
}

function abandon(outcome: AttemptOutcome): Advance {
  return {
    state: { kind: "ended", outcome },
    steps: [{ kind: "abandon_writer" }, { kind: "finish", outcome }],
  };
}

function diedBecause(words: string): Problem {
  return { code: "writer_died", detail: `Cannot go on: the writer ended by itself (${words})` };
}

function failed(problem: Problem, dirty: boolean): AttemptOutcome {
  return { kind: "failed", problem, dirty };
}

function go(state: AttemptState, step: AttemptStep): Advance {
  return { state, steps: [step] };
}

function end(outcome: AttemptOutcome): Advance {
  return { state: { kind: "ended", outcome }, steps: [{ kind: "finish", outcome }] };
}

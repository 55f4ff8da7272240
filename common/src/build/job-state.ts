import { assertNever } from "../assert-never.ts";
import { PROBLEMS, type Problem } from "../problem.ts";

/**
 * One stick of a build. A job lives through attempts; an attempt is one try on one drive, with a fence that only grows.
 *
 * `pending` waits for the scheduler; `assigned` was given to its agent and has erased nothing that the controller knows of;
 * `running` holds a lease, so that the stick may be dirty. The rest are ends, and only `retry` leaves `failed` and
 * `canceled` again. A lost agent changes no state: only its own evidence, or an operator, ends an attempt.
 */
export type JobState =
  | {
      readonly kind: "pending";
      readonly attempt: number;
      readonly cleanFailures: number;
      readonly notBeforeMs: number;
      /** The failure that led here, shown while the job waits. */
      readonly lastProblem: Problem | null;
    }
  | {
      readonly kind: "assigned";
      readonly attempt: number;
      readonly fence: number;
      readonly cleanFailures: number;
    }
  | {
      readonly kind: "running";
      readonly attempt: number;
      readonly fence: number;
      readonly cleanFailures: number;
    }
  | { readonly kind: "succeeded"; readonly attempt: number; readonly proof: string }
  | {
      readonly kind: "failed";
      readonly attempt: number;
      readonly problem: Problem;
      readonly dirty: boolean;
    }
  | { readonly kind: "canceled"; readonly attempt: number; readonly dirty: boolean };

export type JobEvent =
  | { readonly kind: "assigned"; readonly attempt: number; readonly fence: number }
  | { readonly kind: "lease_granted"; readonly attempt: number; readonly fence: number }
  | {
      readonly kind: "ended";
      readonly attempt: number;
      readonly fence: number;
      readonly outcome: AttemptOutcome;
      readonly atMs: number;
    }
  /** The operator gave up what has not been handed out; an agent ends the rest itself. */
  | { readonly kind: "withdrawn" }
  /** The scheduler found that this job can never run as it was consented to. */
  | { readonly kind: "refused"; readonly problem: Problem }
  | { readonly kind: "retried" };

export type AttemptOutcome =
  | { readonly kind: "succeeded"; readonly proof: string }
  | { readonly kind: "failed"; readonly problem: Problem; readonly dirty: boolean }
  | { readonly kind: "canceled"; readonly dirty: boolean };

export const CLEAN_FAILURES_MAX = 3;
const RETRY_BASE_MS = 2_000;

export const NEW_JOB: Extract<JobState, { kind: "pending" }> = {
  kind: "pending",
  attempt: 0,
  cleanFailures: 0,
  notBeforeMs: 0,
  lastProblem: null,
};

/**
 * The one place where a job changes state. Total: late, repeated and foreign events give the same object back.
 *
 * A clean failure whose cause may pass is tried again by itself, at most CLEAN_FAILURES_MAX times in a row; a dirty stick
 * never is: a person decides whether it is worth a second try.
 */
export function applyJobEvent(state: JobState, event: JobEvent): JobState {
  switch (event.kind) {
    case "assigned":
      return assign(state, event);
    case "lease_granted":
      return isCurrent(state, event) ? { ...state, kind: "running" } : state;
    case "ended":
      return isCurrent(state, event) ? end(state, event) : state;
    case "withdrawn":
      return state.kind === "pending"
        ? { kind: "canceled", attempt: state.attempt, dirty: false }
        : state;
    case "refused":
      return state.kind === "pending"
        ? { kind: "failed", attempt: state.attempt, problem: event.problem, dirty: false }
        : state;
    case "retried":
      return state.kind === "failed" || state.kind === "canceled"
        ? { ...NEW_JOB, attempt: state.attempt }
        : state;
    default:
      return assertNever(event);
  }
}

export function isEnded(state: JobState): boolean {
  return state.kind === "succeeded" || state.kind === "failed" || state.kind === "canceled";
}

type Open = Extract<JobState, { kind: "assigned" | "running" }>;

function assign(state: JobState, event: Extract<JobEvent, { kind: "assigned" }>): JobState {
  if (state.kind !== "pending" || event.attempt !== state.attempt + 1) return state;
  return {
    kind: "assigned",
    attempt: event.attempt,
    fence: event.fence,
    cleanFailures: state.cleanFailures,
  };
}

function isCurrent(state: JobState, event: { attempt: number; fence: number }): state is Open {
  const open = state.kind === "assigned" || state.kind === "running";
  return open && state.attempt === event.attempt && state.fence === event.fence;
}

function end(state: Open, event: Extract<JobEvent, { kind: "ended" }>): JobState {
  const { attempt, outcome } = event;
  if (outcome.kind === "succeeded") return { kind: "succeeded", attempt, proof: outcome.proof };
  if (outcome.kind === "canceled") return { kind: "canceled", attempt, dirty: outcome.dirty };
  const cleanFailures = state.cleanFailures + 1;
  const again =
    !outcome.dirty &&
    PROBLEMS[outcome.problem.code].retry === "clean" &&
    cleanFailures < CLEAN_FAILURES_MAX;
  if (!again) return { kind: "failed", attempt, problem: outcome.problem, dirty: outcome.dirty };
  return {
    kind: "pending",
    attempt,
    cleanFailures,
    notBeforeMs: event.atMs + RETRY_BASE_MS * 2 ** (cleanFailures - 1),
    lastProblem: outcome.problem,
  };
}

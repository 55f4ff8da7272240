import type { Ask } from "../drive/ask.ts";
import type { Problem } from "../problem.ts";
import type { AttemptPhase } from "./attempt-phase.ts";
import type { BuildState } from "./build-state.ts";
import type { Evidence } from "./evidence.ts";
import type { AttemptOutcome } from "./job-state.ts";
import type { LoggedOrder } from "./logged-order.ts";
import type { WritePolicy } from "./write-policy.ts";

/**
 * The log of one build: what was ordered, with every input by name and digest, and each turn until its end. Lines are only
 * ever added. Secrets are in it by name, never by value.
 */
export type BuildLogLine = {
  /** Counts from 1 within the build; the order in which things were stored, whatever the clock did. */
  readonly number: number;
  readonly atMs: number;
  readonly event: BuildLogEvent;
};

export type BuildLogEvent =
  | {
      readonly kind: "ordered";
      readonly order: LoggedOrder;
      readonly drives: readonly LoggedDrive[];
    }
  | { readonly kind: "job"; readonly drive: LoggedDrive; readonly turn: JobTurn }
  | { readonly kind: "cancelAsked" }
  /** Again after each retry. */
  | { readonly kind: "ended"; readonly state: BuildState };

export type LoggedDrive = {
  readonly jobId: string;
  readonly agent: string;
  readonly bay: string;
  readonly serial: string;
};

export type JobTurn =
  /** Somebody typed the serial of a drive that a yes alone does not erase: who, and what it was asked for. */
  | { readonly kind: "serialTyped"; readonly operator: string; readonly asks: readonly Ask[] }
  | {
      readonly kind: "assigned";
      readonly attempt: number;
      readonly fence: number;
      /** How this stick is written; `null` in lines of a time when all were written alike. */
      readonly policy: WritePolicy | null;
    }
  /** Permission to begin destroying. */
  | { readonly kind: "leaseGranted"; readonly attempt: number; readonly fence: number }
  /** As the agent told it; an update that was lost is missing. */
  | { readonly kind: "phase"; readonly attempt: number; readonly phase: AttemptPhase }
  /** The drive has not answered for long; the attempt goes on. */
  | { readonly kind: "warned"; readonly attempt: number; readonly problem: Problem }
  /** Stored, and thereby acknowledged to the agent. */
  | {
      readonly kind: "result";
      readonly attempt: number;
      readonly outcome: AttemptOutcome;
      readonly evidence: Evidence;
    }
  | { readonly kind: "withdrawn" }
  | { readonly kind: "refused"; readonly problem: Problem }
  | { readonly kind: "retried" };

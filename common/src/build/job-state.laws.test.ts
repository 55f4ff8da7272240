import { expect, test } from "vitest";
import { diceOf } from "../test-dice.ts";
import {
  applyJobEvent,
  CLEAN_FAILURES_MAX,
  isEnded,
  type JobEvent,
  type JobState,
  NEW_JOB,
} from "./job-state.ts";

const CLEAN = { code: "controller_unreachable", detail: "" } as const;
const DIRTY = { code: "write_failed", detail: "" } as const;

test("applyJobEvent() keeps its laws in 2000 seeded histories", () => {
  const broken: string[] = [];
  const reached = new Set<string>();
  for (let seed = 1; seed <= 2000; seed++) {
    const random = diceOf(seed);
    let state: JobState = NEW_JOB;
    for (let step = 0; step < 40; step++) {
      const event = randomEvent(random, state);
      const next = applyJobEvent(state, event);
      broken.push(
        ...lawsBroken(state, event, next).map((law) => `seed ${seed} step ${step}: ${law}`),
      );
      reached.add(next.kind);
      state = next;
    }
  }
  expect(broken).toEqual([]);
  expect([...reached].sort()).toEqual([
    "assigned",
    "canceled",
    "failed",
    "pending",
    "running",
    "succeeded",
  ]);
});

test("applyJobEvent() gives a clean failure to the scheduler again, at most CLEAN_FAILURES_MAX times", () => {
  let state: JobState = NEW_JOB;
  for (let attempt = 1; attempt <= CLEAN_FAILURES_MAX; attempt++) {
    state = applyJobEvent(state, { kind: "assigned", attempt, fence: attempt });
    state = applyJobEvent(state, {
      kind: "ended",
      attempt,
      fence: attempt,
      atMs: 0,
      outcome: { kind: "failed", problem: CLEAN, dirty: false },
    });
    expect(state.kind).toBe(attempt < CLEAN_FAILURES_MAX ? "pending" : "failed");
  }
});

test("applyJobEvent() never tries a dirty stick again by itself", () => {
  const running = applyJobEvent(
    applyJobEvent(NEW_JOB, { kind: "assigned", attempt: 1, fence: 7 }),
    { kind: "lease_granted", attempt: 1, fence: 7 },
  );
  const outcome = { kind: "failed", problem: CLEAN, dirty: true } as const;
  const ended = applyJobEvent(running, { kind: "ended", attempt: 1, fence: 7, atMs: 0, outcome });
  expect(ended).toEqual({ kind: "failed", attempt: 1, problem: CLEAN, dirty: true });
});

function lawsBroken(state: JobState, event: JobEvent, next: JobState): string[] {
  const broken: string[] = [];
  if (next.attempt < state.attempt) broken.push("attempt fell");
  if (isEnded(state) && next !== state && event.kind !== "retried")
    broken.push("left an end state");
  if (state.kind === "succeeded" && next !== state) broken.push("left success");
  if (next.kind === "running" && state.kind === "pending")
    broken.push("ran without being assigned");
  if (next.kind === "succeeded" && state.kind === "pending")
    broken.push("succeeded without an attempt");
  if (event.kind === "ended" && "fence" in state && event.fence !== state.fence && next !== state)
    broken.push("a foreign fence changed the job");
  return broken;
}

function randomEvent(random: () => number, state: JobState): JobEvent {
  const attempt = Math.max(1, state.attempt + Math.floor(random() * 3) - 1);
  const fence = "fence" in state && random() < 0.7 ? state.fence : Math.floor(random() * 100);
  const pick = Math.floor(random() * 8);
  if (pick <= 1) return { kind: "assigned", attempt, fence };
  if (pick === 2) return { kind: "lease_granted", attempt, fence };
  if (pick === 3) return { kind: "withdrawn" };
  if (pick === 4) return { kind: "retried" };
  if (pick === 5 && random() < 0.2) return { kind: "refused", problem: DIRTY };
  const outcomes = [
    { kind: "succeeded", proof: "read-back" },
    { kind: "failed", problem: CLEAN, dirty: false },
    { kind: "failed", problem: DIRTY, dirty: true },
    { kind: "canceled", dirty: false },
  ] as const;
  const outcome = outcomes[Math.floor(random() * outcomes.length)] ?? outcomes[0];
  return { kind: "ended", attempt, fence, atMs: step(random), outcome };
}

function step(random: () => number): number {
  return Math.floor(random() * 1000);
}

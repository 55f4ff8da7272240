import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { applyJobEvent, type JobEvent, type JobState, NEW_JOB } from "./job-state.ts";

const README = join(import.meta.dirname, "../../../README.md");
const DIRTY = { code: "write_failed", detail: "" } as const;
const PASSING = { code: "drive_busy", detail: "" } as const;

const STATES: readonly JobState[] = [
  NEW_JOB,
  { kind: "assigned", attempt: 1, fence: 1, cleanFailures: 0 },
  { kind: "running", attempt: 1, fence: 1, cleanFailures: 0 },
  { kind: "succeeded", attempt: 1, proof: "read-back" },
  { kind: "failed", attempt: 1, problem: DIRTY, dirty: true },
  { kind: "canceled", attempt: 1, dirty: false },
];

const EVENTS: readonly JobEvent[] = [
  { kind: "assigned", attempt: 1, fence: 1 },
  { kind: "lease_granted", attempt: 1, fence: 1 },
  { kind: "withdrawn" },
  { kind: "refused", problem: DIRTY },
  { kind: "retried" },
  ...(
    [
      { kind: "succeeded", proof: "read-back" },
      { kind: "failed", problem: DIRTY, dirty: true },
      { kind: "failed", problem: PASSING, dirty: false },
      { kind: "canceled", dirty: true },
    ] as const
  ).map((outcome) => ({ kind: "ended", attempt: 1, fence: 1, atMs: 0, outcome }) as const),
];

test("the README's diagram of a job has the edges of applyJobEvent() and no others", () => {
  const done = STATES.flatMap((state) =>
    EVENTS.map((event) => ({ state, event, next: applyJobEvent(state, event) })),
  ).filter(({ state, next }) => state !== next && state.kind !== next.kind);
  const edges = new Set(
    done.map(({ state, event, next }) => `${state.kind} --> ${next.kind}: ${event.kind}`),
  );
  const drawn = readFileSync(README, "utf8").match(/^ {2}\w+ --> \w+: \w+$/gm) ?? [];
  expect(drawn.map((line) => line.trim()).sort()).toEqual([...edges].sort());
});

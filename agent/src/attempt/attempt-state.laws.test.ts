import { diceOf } from "@stickfarm/common/test-dice";
import { expect, test } from "vitest";
import {
  ACCEPTED,
  type AttemptEvent,
  type AttemptState,
  type AttemptStep,
  advanceAttempt,
} from "./attempt-state.ts";
import { recoverAttempt } from "./recover-attempt.ts";

const PROBLEM = { code: "write_failed", detail: "" } as const;
const HUNG = { code: "drive_hung", detail: "" } as const;
const SEALED: AttemptEvent = { kind: "sealed", proof: "compared" };

/** The way without trouble. */
const GOOD: readonly AttemptEvent[] = [
  { kind: "started" },
  { kind: "content_ready" },
  { kind: "lease_granted", leaseUntilMs: 10 },
  { kind: "claimed", nowMs: 5 },
  { kind: "journaled", record: "destroying" },
  { kind: "verified" },
  { kind: "journaled", record: "sealing" },
  SEALED,
];

test("advanceAttempt() goes the whole way in this order", () => {
  const { steps, state } = play(GOOD);
  expect(steps.map(nameOf)).toEqual([
    "fetch",
    "request_lease",
    "claim",
    "journal destroying",
    "begin",
    "journal sealing",
    "seal",
    "finish",
  ]);
  expect(state).toEqual({ kind: "ended", outcome: { kind: "succeeded", proof: "compared" } });
});

test("advanceAttempt() asks for a new lease when the claim outlasted it", () => {
  const { state, steps } = play([...GOOD.slice(0, 3), { kind: "claimed", nowMs: 11 }]);
  expect(state).toEqual({ kind: "leasing" });
  expect(steps.at(-1)).toEqual({ kind: "request_lease" });
});

test("advanceAttempt() cancels clean at every point before the journal announced destruction", () => {
  for (let done = 0; done <= 4; done++) {
    const { state } = play([...GOOD.slice(0, done), { kind: "cancel" }]);
    expect(state).toEqual({ kind: "ended", outcome: { kind: "canceled", dirty: false } });
  }
});

test("advanceAttempt() cancels dirty while it writes, and too late once it seals", () => {
  for (const done of [5, 6]) {
    const { state } = play([
      ...GOOD.slice(0, done),
      { kind: "cancel" },
      { kind: "writer_stopped" },
    ]);
    expect(state).toEqual({ kind: "ended", outcome: { kind: "canceled", dirty: true } });
  }
  expect(play([...GOOD.slice(0, 7), { kind: "cancel" }, SEALED]).state).toMatchObject({
    outcome: { kind: "succeeded" },
  });
});

test("advanceAttempt() seals nothing after a cancel, whatever was on its way by then", () => {
  const late: readonly (readonly [number, AttemptEvent])[] = [
    [5, { kind: "verified" }],
    [6, { kind: "journaled", record: "sealing" }],
  ];
  for (const [done, event] of late) {
    const { state, steps } = play([...GOOD.slice(0, done), { kind: "cancel" }, event]);
    expect(steps.at(-1)?.kind).toBe("stop_writer");
    expect(state).toMatchObject({ canceled: true });
  }
});

test("advanceAttempt() calls it canceled, whatever ends a writer that was told to stop", () => {
  const ends: readonly AttemptEvent[] = [
    { kind: "writer_stopped" },
    { kind: "writer_failed", problem: PROBLEM, dirty: true },
    { kind: "writer_died", words: "" },
    { kind: "stalled", problem: HUNG },
    { kind: "stop_overdue" },
  ];
  for (const done of [5, 6]) {
    for (const end of ends) {
      const { state } = play([...GOOD.slice(0, done), { kind: "cancel" }, end]);
      expect(state).toEqual({ kind: "ended", outcome: { kind: "canceled", dirty: true } });
    }
  }
});

test("advanceAttempt() gives up a drive that hangs, and calls it dirty", () => {
  const { state, steps } = play([...GOOD.slice(0, 5), { kind: "stalled", problem: HUNG }]);
  expect(steps.slice(-2).map(nameOf)).toEqual(["abandon_writer", "finish"]);
  expect(state).toMatchObject({ outcome: { problem: { code: "drive_hung" }, dirty: true } });
});

test("advanceAttempt() lets go of a writer that does not stop in time, and only then", () => {
  for (const done of [5, 6]) {
    const canceled = [...GOOD.slice(0, done), { kind: "cancel" }] as const;
    const { state, steps } = play([...canceled, { kind: "stop_overdue" }]);
    expect(steps.slice(-3).map(nameOf)).toEqual(["stop_writer", "abandon_writer", "finish"]);
    expect(state).toEqual({ kind: "ended", outcome: { kind: "canceled", dirty: true } });
    expect(play([...GOOD.slice(0, done), { kind: "stop_overdue" }]).state.kind).not.toBe("ended");
  }
});

test("advanceAttempt() begins and seals by the record of that, and by no other", () => {
  for (const [done, record] of [
    [4, "sealing"],
    [6, "destroying"],
  ] as const) {
    const before = play(GOOD.slice(0, done));
    const after = play([...GOOD.slice(0, done), { kind: "journaled", record }]);
    expect(after).toEqual(before);
  }
});

test("advanceAttempt() stops a writer whose seal the journal did not take, and calls the stick dirty", () => {
  const { state, steps } = play([
    ...GOOD.slice(0, 6),
    { kind: "journal_failed", problem: PROBLEM },
  ]);
  expect(steps.slice(-2).map(nameOf)).toEqual(["stop_writer", "finish"]);
  expect(state).toMatchObject({ outcome: { kind: "failed", dirty: true } });
});

test("advanceAttempt() keeps its laws in 5000 seeded histories", () => {
  const broken: string[] = [];
  const outcomes = new Set<string>();
  for (let seed = 1; seed <= 5000; seed++) {
    const random = diceOf(seed);
    let state: AttemptState = ACCEPTED;
    const steps: AttemptStep[] = [];
    for (let step = 0; step < 30; step++) {
      const next = advanceAttempt(state, randomEvent(random, step));
      steps.push(...next.steps);
      state = next.state;
    }
    broken.push(...lawsBroken(state, steps).map((law) => `seed ${seed}: ${law}`));
    if (state.kind === "ended") outcomes.add(state.outcome.kind);
  }
  expect(broken).toEqual([]);
  expect([...outcomes].sort()).toEqual(["canceled", "failed", "succeeded"]);
});

test("recoverAttempt() never calls a stick clean once destruction was announced", () => {
  expect(recoverAttempt("accepted")).toMatchObject({ dirty: false });
  expect(recoverAttempt("destroying")).toMatchObject({ dirty: true });
  expect(recoverAttempt("sealing")).toMatchObject({ dirty: true });
});

function lawsBroken(state: AttemptState, steps: readonly AttemptStep[]): string[] {
  const broken: string[] = [];
  const at = (name: string) => steps.map(nameOf).indexOf(name);
  const count = (name: string) => steps.filter((step) => nameOf(step) === name).length;
  for (const name of ["begin", "seal", "finish"]) if (count(name) > 1) broken.push(`${name} twice`);
  if (
    at("begin") >= 0 &&
    !(at("journal destroying") >= 0 && at("journal destroying") < at("begin"))
  )
    broken.push("began before the journal said so");
  if (at("seal") >= 0 && !(at("journal sealing") >= 0 && at("journal sealing") < at("seal")))
    broken.push("sealed before the journal said so");
  if ((state.kind === "ended") !== (count("finish") === 1)) broken.push("ended without finishing");
  if (at("seal") >= 0 && at("stop_writer") >= 0 && at("stop_writer") < at("seal"))
    broken.push("sealed after the writer was told to stop");
  if (state.kind !== "ended") return broken;
  const begun = at("begin") >= 0;
  if (state.outcome.kind === "succeeded" && at("seal") < 0) broken.push("succeeded without a seal");
  if (state.outcome.kind === "canceled" && state.outcome.dirty !== begun)
    broken.push("canceled with the wrong dirt");
  return broken;
}

function play(events: readonly AttemptEvent[]) {
  let state: AttemptState = ACCEPTED;
  const steps: AttemptStep[] = [];
  for (const event of events) {
    const next = advanceAttempt(state, event);
    state = next.state;
    steps.push(...next.steps);
  }
  return { state, steps };
}

function nameOf(step: AttemptStep): string {
  return step.kind === "journal" ? `journal ${step.record}` : step.kind;
}

/** Mostly the event that leads on, so that deep states are reached; else anything. */
function randomEvent(random: () => number, step: number): AttemptEvent {
  if (random() < 0.8) return GOOD[step % GOOD.length] ?? SEALED;
  const any: readonly AttemptEvent[] = [
    ...GOOD,
    { kind: "content_failed", problem: PROBLEM },
    { kind: "lease_refused" },
    { kind: "claimed", nowMs: 11 },
    { kind: "claim_failed", problem: PROBLEM },
    { kind: "journal_failed", problem: PROBLEM },
    { kind: "writer_failed", problem: PROBLEM, dirty: true },
    { kind: "writer_stopped" },
    { kind: "writer_died", words: "" },
    { kind: "stalled", problem: HUNG },
    { kind: "stop_overdue" },
    { kind: "cancel" },
  ];
  return any[Math.floor(random() * any.length)] ?? SEALED;
}

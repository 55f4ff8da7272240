import { expect, test } from "vitest";
import { progressHooks } from "./progress-hooks.ts";
import type { WriterEvent } from "./writer-protocol.ts";

function watch() {
  const clock = { nowMs: 0 };
  const events: WriterEvent[] = [];
  const emit = (event: WriterEvent): void => void events.push(event);
  return { clock, events, hooks: progressHooks({ everyMs: 250, nowMs: () => clock.nowMs, emit }) };
}

test("progressHooks() tells of progress at most so often", () => {
  const { clock, events, hooks } = watch();
  const advance = hooks.onPhase("write", 100);
  for (let step = 0; step < 9; step += 1) {
    clock.nowMs += 100;
    advance(10);
  }
  expect(events).toEqual([
    { kind: "phase", phase: "write", totalBytes: 100 },
    { kind: "progress", phase: "write", doneBytes: 30, totalBytes: 100 },
    { kind: "progress", phase: "write", doneBytes: 60, totalBytes: 100 },
    { kind: "progress", phase: "write", doneBytes: 90, totalBytes: 100 },
  ]);
});

test("progressHooks() says 100 % only when the next phase begins, which is after the flush", () => {
  const { clock, events, hooks } = watch();
  const advance = hooks.onPhase("write", 100);
  clock.nowMs += 1000;
  advance(100);
  expect(events.length).toBe(1);
  const whole = { kind: "progress", phase: "write", doneBytes: 100, totalBytes: 100 };
  hooks.onPhase("verify", 100);
  expect(events.slice(1)).toEqual([whole, { kind: "phase", phase: "verify", totalBytes: 100 }]);
});

test("progressHooks() tells the last phase's bytes at the end, once, and nothing of one without any", () => {
  const { events, hooks } = watch();
  hooks.onPhase("seal", 10)(10);
  hooks.end();
  hooks.end();
  hooks.onPhase("erase", 10);
  hooks.end();
  expect(events.map((event) => event.kind)).toEqual(["phase", "progress", "phase"]);
});

import { expect, test } from "vitest";
import { ChangeSignal } from "./change-signal.ts";

test("next() settles at once for a change that came before it was asked", async () => {
  const signal = new ChangeSignal();
  const seen = signal.version();
  signal.raise();
  await signal.next(seen, 3_600_000);
});

test("next() wakes every waiter, and none for what it has seen", async () => {
  const signal = new ChangeSignal();
  const woken: number[] = [];
  const abort = new AbortController();
  const waiters = [1, 2].map((id) =>
    signal.next(signal.version(), 3_600_000, abort.signal).then(() => woken.push(id)),
  );
  await Promise.resolve();
  expect(woken).toEqual([]);
  signal.raise();
  await Promise.all(waiters);
  expect(woken.sort()).toEqual([1, 2]);
});

test("next() settles on abort", async () => {
  const signal = new ChangeSignal();
  const abort = new AbortController();
  const waiting = signal.next(signal.version(), 3_600_000, abort.signal);
  abort.abort();
  await waiting;
});

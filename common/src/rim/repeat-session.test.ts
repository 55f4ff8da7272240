import { expect, test } from "vitest";
import { openUnlessAborted, repeatSession } from "./repeat-session.ts";

const PAUSES = { firstMs: 1, mostMs: 4, settledMs: 60_000 };

test("repeatSession() runs again after an end and after a failure, and counts the short ones", async () => {
  const stop = new AbortController();
  const failures: unknown[] = [];
  let sessions = 0;
  await repeatSession(
    async () => {
      sessions += 1;
      if (sessions === 2 || sessions === 3) throw new Error(`session ${sessions}`);
      if (sessions === 4) stop.abort();
    },
    {
      signal: stop.signal,
      pauses: PAUSES,
      onFailure: (error, before) => failures.push([String(error), before]),
    },
  );
  expect(sessions).toBe(4);
  expect(failures).toEqual([
    ["Error: session 2", 1],
    ["Error: session 3", 2],
  ]);
});

test("repeatSession() forgets failures after a session that lasted", async () => {
  const stop = new AbortController();
  const counts: number[] = [];
  await repeatSession(
    async () => {
      throw new Error("always");
    },
    {
      signal: stop.signal,
      pauses: { ...PAUSES, settledMs: 0 },
      onFailure: (_error, before) => {
        if (counts.push(before) === 3) stop.abort();
      },
    },
  );
  expect(counts).toEqual([0, 0, 0]);
});

test("repeatSession() does not wait for the end of a pause once it is stopped", async () => {
  const stop = new AbortController();
  let started = (): void => undefined;
  const first = new Promise<void>((resolve) => {
    started = resolve;
  });
  const repeated = repeatSession(async () => started(), {
    signal: stop.signal,
    pauses: { firstMs: 3_600_000, mostMs: 3_600_000, settledMs: 60_000 },
    onFailure: () => undefined,
  });
  await first;
  stop.abort();
  await repeated;
});

test("openUnlessAborted() gives what was opened, or nothing at once when aborted, and discards what comes late", async () => {
  const discarded: string[] = [];
  const discard = (late: string): number => discarded.push(late);
  const idle = new AbortController().signal;
  expect(await openUnlessAborted(Promise.resolve("a"), { signal: idle, discard })).toBe("a");
  const refused = openUnlessAborted(Promise.reject(new Error("refused")), {
    signal: idle,
    discard,
  });
  await expect(refused).rejects.toThrow("refused");

  const stop = new AbortController();
  let arrive = (_value: string): void => undefined;
  const opening = new Promise<string>((resolve) => {
    arrive = resolve;
  });
  const opened = openUnlessAborted(opening, { signal: stop.signal, discard });
  stop.abort();
  expect(await opened).toBe(null);
  arrive("late");
  await opening;
  expect(discarded).toEqual(["late"]);
});

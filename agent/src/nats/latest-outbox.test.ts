import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { LatestOutbox, OUTBOX_JOBS_MAX } from "./latest-outbox.ts";
import { progressOf } from "./nats-fixture.ts";

const NEVER = new AbortController().signal;

test("LatestOutbox keeps the last event of each job and forgets the job that was silent longest", () => {
  const outbox = new LatestOutbox();
  for (let job = 0; job < OUTBOX_JOBS_MAX + 10; job += 1) {
    for (const seq of [1, 2, 3]) outbox.put(progressOf({ jobId: `${job}`, seq }));
  }
  const waiting = outbox.waiting();
  expect(waiting).toHaveLength(OUTBOX_JOBS_MAX);
  expect(waiting.filter(({ seq }) => seq !== 3)).toEqual([]);
  expect(waiting.at(0)?.jobId).toBe("10");
});

test("LatestOutbox removes what has arrived, but not what came in its place meanwhile", () => {
  const outbox = new LatestOutbox();
  outbox.put(progressOf({ jobId: "a", seq: 1 }));
  outbox.put(progressOf({ jobId: "b", seq: 1 }));
  const sent = outbox.waiting();
  outbox.put(progressOf({ jobId: "a", seq: 2 }));
  outbox.remove(sent);
  expect(outbox.waiting().map(({ jobId, seq }) => `${jobId}${seq}`)).toEqual(["a2"]);
});

test("LatestOutbox wakes its reader with the first event, at once when there is one, and on abort", async () => {
  const outbox = new LatestOutbox();
  const filled = outbox.filled(NEVER);
  outbox.put(progressOf({}));
  await filled;
  await outbox.filled(NEVER);
  const stop = new AbortController();
  const empty = new LatestOutbox().filled(stop.signal);
  stop.abort();
  await empty;
});

test("filled() leaves no listener on the signal of a connection that lives on", async () => {
  const outbox = new LatestOutbox();
  const { signal } = new AbortController();
  const event = progressOf({ jobId: "a", seq: 1 });
  for (let index = 0; index < 3; index++) {
    const filled = outbox.filled(signal);
    outbox.put(event);
    await filled;
    outbox.remove([event]);
  }
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

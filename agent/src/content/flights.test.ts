import { fail, ok, type Result } from "@stickfarm/common/result";
import { expect, test, vi } from "vitest";
import { openFlights, type Work } from "./flights.ts";

const PATIENT = { timeout: 10_000 };

test("join() does the work once and tells all of them how far it is", async () => {
  const flights = openFlights();
  const work = holdWork();
  const heard: number[][] = [[], []];
  const first = flights.join("key", work.begin, traveller(heard[0]));
  work.report(10);
  const second = flights.join("key", work.begin, traveller(heard[1]));
  work.report(20);
  work.land(ok(undefined));
  expect(await Promise.all([first, second])).toEqual([ok(undefined), ok(undefined)]);
  expect(heard).toEqual([
    [10, 20],
    [10, 20],
  ]);
  expect(work.begun()).toBe(1);
});

test("join() begins anew when the work has ended, and does not share between keys", async () => {
  const flights = openFlights();
  let begun = 0;
  const work: Work = async () => {
    begun += 1;
    return fail({ code: "disk_full", detail: "Cannot" });
  };
  await flights.join("key", work, traveller());
  expect(await flights.join("key", work, traveller())).toMatchObject({ ok: false });
  await Promise.all(["a", "b"].map((key) => flights.join(key, work, traveller())));
  expect(begun).toBe(4);
});

test("join() goes on for those who stay and stops for the last who leaves", async () => {
  const flights = openFlights();
  const work = holdWork();
  const stops = [new AbortController(), new AbortController()] as const;
  const both = stops.map(({ signal }) => flights.join("key", work.begin, traveller([], signal)));
  stops[0].abort();
  expect(await both[0]).toMatchObject({ problem: { code: "canceled" } });
  expect(work.isStopped()).toBe(false);
  stops[1].abort();
  await expect.poll(work.isStopped, PATIENT).toBe(true);
  const ended = vi.fn();
  void both[1]?.then(ended);
  await Promise.resolve();
  expect(ended).not.toHaveBeenCalled();
  work.land(ok(undefined));
  expect(await both[1]).toMatchObject({ problem: { code: "canceled" } });
});

test("join() waits for stopped work to end before it begins anew", async () => {
  const flights = openFlights();
  const stopped = holdWork();
  const stop = new AbortController();
  const leaving = flights.join("key", stopped.begin, traveller([], stop.signal));
  stop.abort();
  await expect.poll(stopped.isStopped, PATIENT).toBe(true);
  const fresh = holdWork();
  const joining = flights.join("key", fresh.begin, traveller());
  await Promise.resolve();
  expect(fresh.begun()).toBe(0);
  stopped.land(fail({ code: "canceled", detail: "Cannot" }));
  await leaving;
  await expect.poll(fresh.begun, PATIENT).toBe(1);
  fresh.land(ok(undefined));
  expect(await joining).toEqual(ok(undefined));
});

test("join() begins nothing for somebody who has left already", async () => {
  const work = holdWork();
  const left = traveller([], AbortSignal.abort());
  expect(await openFlights().join("key", work.begin, left)).toMatchObject({
    problem: { code: "canceled" },
  });
  expect(work.begun()).toBe(0);
});

function traveller(heard: number[] = [], signal = new AbortController().signal) {
  return { onProgress: (doneBytes: number) => void heard.push(doneBytes), signal };
}

/** Work that goes on until it is told to end. */
function holdWork() {
  let begun = 0;
  let report = (_: number): void => undefined;
  let stopped = (): boolean => false;
  let land = (_: Result<void>): void => undefined;
  const begin: Work = (hears, signal) => {
    begun += 1;
    report = hears;
    stopped = () => signal.aborted;
    return new Promise((resolve) => {
      land = resolve;
    });
  };
  return {
    begin,
    begun: () => begun,
    report: (doneBytes: number) => report(doneBytes),
    isStopped: () => stopped(),
    land: (result: Result<void>) => land(result),
  };
}

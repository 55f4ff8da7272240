import { expect, test } from "vitest";
import { fail, ok, type Result } from "../result.ts";
import { runParallel } from "./run-parallel.ts";

test("runParallel() keeps the order of the items and the bound", async () => {
  let running = 0;
  let runningMax = 0;
  const items = Array.from({ length: 50 }, (_, index) => index);
  const result = await runParallel(items, { parallelMax: 7 }, async (item) => {
    running += 1;
    runningMax = Math.max(runningMax, running);
    for (let turns = 0; turns < (item * 31) % 11; turns += 1) await Promise.resolve();
    running -= 1;
    return ok(item * 2);
  });
  expect(result).toEqual(ok(items.map((item) => item * 2)));
  expect(runningMax).toBe(7);
});

test("runParallel() gives the first problem, stops the others and begins no more", async () => {
  const begun: number[] = [];
  const result = await runParallel([0, 1, 2, 3], { parallelMax: 2 }, async (item, signal) => {
    begun.push(item);
    if (item === 1) return fail({ code: "disk_full", detail: "Cannot write" });
    return await new Promise<Result<number>>((resolve) => {
      signal.addEventListener("abort", () => resolve(fail({ code: "canceled", detail: "late" })));
    });
  });
  expect(result).toMatchObject({ problem: { code: "disk_full" } });
  expect(begun).toEqual([0, 1]);
});

test("runParallel() hands on the outer signal", async () => {
  const stop = new AbortController();
  const result = await runParallel(
    [1],
    { parallelMax: 1, signal: stop.signal },
    async (_, signal) => {
      stop.abort();
      return ok(signal.aborted);
    },
  );
  expect(result).toEqual(ok([true]));
});

test("runParallel() does nothing for no items", async () => {
  expect(await runParallel([], { parallelMax: 4 }, async () => ok(1))).toEqual(ok([]));
});

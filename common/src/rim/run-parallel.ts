import { setMaxListeners } from "node:events";
import type { Problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";

export type ParallelOptions = {
  readonly parallelMax: number;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Do the same work for each item, so many at a time. The first problem stops the rest and is the answer; when all went
 * well, the answers are in the order of the items.
 */
export async function runParallel<Item, Value>(
  items: readonly Item[],
  options: ParallelOptions,
  work: (item: Item, signal: AbortSignal) => Promise<Result<Value>>,
): Promise<Result<readonly Value[]>> {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]);
  // Each lane may listen more than once; Node warns above ten.
  setMaxListeners(0, signal);
  const values: Value[] = [];
  const problems: Problem[] = [];
  const rest = items.entries();

  const runLane = async (): Promise<void> => {
    for (const [index, item] of rest) {
      const done = await work(item, signal);
      if (done.ok) values[index] = done.value;
      else problems.push(done.problem);
      if (problems.length > 0) return stop.abort();
    }
  };

  try {
    const laneCount = Math.min(options.parallelMax, items.length);
    await Promise.all(Array.from({ length: laneCount }, runLane));
  } finally {
    stop.abort();
  }
  return problems[0] === undefined ? ok(values) : fail(problems[0]);
}

import { ok, type Result } from "@stickfarm/common/result";

/**
 * Work through items in order, one at a time on each lane, so that as many are in flight as there are lanes.
 *
 * Problems: the first that any item met; no item is begun after it, nor after the signal.
 */
export async function runLanes<Lane, Item>(
  lanes: readonly Lane[],
  items: Iterable<Item>,
  signal: AbortSignal,
  work: (item: Item, lane: Lane) => Promise<Result<void>>,
): Promise<Result<void>> {
  const iterator = items[Symbol.iterator]();
  let outcome: Result<void> = ok(undefined);
  const run = async (lane: Lane): Promise<void> => {
    while (outcome.ok && !signal.aborted) {
      const next = iterator.next();
      if (next.done) return;
      const done = await work(next.value, lane);
      if (outcome.ok) outcome = done;
    }
  };
  await Promise.all(lanes.map(run));
  return outcome;
}

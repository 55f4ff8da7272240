import { fail, ok, type Result } from "@stickfarm/common/result";
import { fillChecked } from "./fill-checked.ts";
import type { Chunk } from "./plan-chunks.ts";
import type { WritePlan } from "./plan-write.ts";
import { runLanes } from "./run-lanes.ts";
import type { Fault } from "./verify-chunk.ts";
import { findFaults } from "./verify-chunks.ts";
import type { Work } from "./work.ts";
import type { WriteHooks } from "./write-hooks.ts";
import type { Written } from "./write-plan.ts";

/** What had to be written again before it came back right. */
export type Repairs = { readonly ranges: number; readonly bytes: number };

type Proof = {
  readonly plan: WritePlan;
  /** What waits for the seal. If it is not as it was left, a write to a far address has landed there. */
  readonly mark: Chunk;
  readonly written: Written;
};

/** No range is written again more often. */
const ROUNDS_MAX = 2;

/**
 * Read back what is not proven yet. Ranges that come back wrong, or not at all, are written again and read again; after
 * that the whole plan is read once more, from its first byte to its last.
 *
 * A write to a stick touches more than its range: an erase block of megabytes at an unknown place is copied for it, and on
 * a stick whose addresses wrap around it lands on what was proven before. So nothing that was proven before a repair is
 * proven after it. A repaired stick takes one or two more readings of everything; a good one none.
 *
 * Problems: those of the drive; cache_corrupt; verify_mismatch or read_failed of the first range, when two rounds did not
 *           help or there are too many.
 */
export async function provePlan(
  work: Work,
  { plan, mark, written }: Proof,
  hooks: WriteHooks,
): Promise<Result<Repairs>> {
  const readAll = (parts: readonly Iterable<Chunk>[], bytes: number) =>
    findFaults(work, concat([...parts, [mark]]), hooks.onPhase("verify", bytes + mark.lengthBytes));
  const repaired = new Map<number, number>();
  let found = await readAll(written.unproven, written.unprovenBytes);
  for (let round = 1; found.ok && found.value.length > 0; round += 1) {
    const [first] = found.value;
    if (first !== undefined && round > ROUNDS_MAX) return fail(first.problem);
    const rewritten = await writeAgain(work, found.value);
    if (!rewritten.ok) return rewritten;
    for (const { chunk } of found.value) repaired.set(chunk.offsetBytes, chunk.lengthBytes);
    const chunks = found.value.map(({ chunk }) => chunk);
    found = await findFaults(work, chunks, () => undefined);
    if (!found.ok || found.value.length > 0) continue;
    found = await readAll([plan.content(), plan.zeros()], plan.contentBytes + plan.zeroBytes);
  }
  if (!found.ok) return found;
  const bytes = [...repaired.values()].reduce((sum, lengthBytes) => sum + lengthBytes, 0);
  return ok({ ranges: repaired.size, bytes });
}

async function writeAgain(work: Work, faults: readonly Fault[]): Promise<Result<void>> {
  const { drive, signal, writeLanes } = work;
  const written = await runLanes(writeLanes, faults, signal, async ({ chunk }, lane) => {
    const filled = await fillChecked(work, chunk, lane);
    if (!filled.ok) return filled;
    return drive.write(lane.buffer.subarray(0, chunk.lengthBytes), chunk.offsetBytes);
  });
  return written.ok && !signal.aborted ? drive.flush() : written;
}

function* concat(parts: readonly Iterable<Chunk>[]): Generator<Chunk> {
  for (const part of parts) yield* part;
}

/**
 * Put content on a stick that holds much of it already: read, compare, write what differs.
 *
 * It goes by windows, since a stick that has to turn from reading to writing and back for each chunk does neither well.
 * With `auto`, samples are taken first, and before each window it is asked whether reading on still pays; when it does
 * not, the rest is written without a look. The stick's passport is not asked: what was read decides.
 */
import { ok, type Result } from "@stickfarm/common/result";
import { type Chunk, sumBytes } from "../plan-chunks.ts";
import type { PolicedPlan } from "../plan-write.ts";
import type { Advance, Work } from "../work.ts";
import { writeChunks } from "../write-chunks.ts";
import type { WriteHooks } from "../write-hooks.ts";
import { paysToCompare, type Tally, type Transfer } from "./choose-rewrite.ts";
import { compareChunks } from "./compare-chunks.ts";
import { addRange, type DriveRange, endOf } from "./drive-ranges.ts";
import { type Sample, sampleContent } from "./sample-content.ts";

/** What became of the content; all of it is flushed. */
export type Refreshed = {
  /** Content that a comparing read found as it shall be. */
  readonly comparedBytes: number;
  /** Short zeros among it, likewise. */
  readonly alreadyZeroBytes: number;
  readonly writtenBytes: number;
  readonly written: readonly DriveRange[];
  /** What lies from here on was compared after the last write. */
  readonly provenFromBytes: number;
  /** Of the phase that it ended in. */
  readonly advance: Advance;
};

const WINDOW_BYTES = 32 * 1024 * 1024;
/** So much is written before it is flushed and timed: less shows the speed of a stick's cache. */
const FLUSH_BYTES = 16 * 1024 * 1024;

type Refreshing = {
  readonly work: Work;
  readonly nowMs: () => number;
  readonly written: DriveRange[];
  readonly advance: Advance;
};

type State = Omit<Refreshed, "written" | "advance"> & {
  readonly comparedToBytes: number;
  readonly behind: Tally;
  readonly read: Transfer;
  readonly flushed: Transfer;
  readonly unflushed: Transfer;
};

const NOTHING: Transfer = { bytes: 0, ms: 0 };
const BEGINNING: State = {
  comparedBytes: 0,
  alreadyZeroBytes: 0,
  writtenBytes: 0,
  provenFromBytes: 0,
  comparedToBytes: 0,
  behind: { same: 0, other: 0 },
  read: NOTHING,
  flushed: NOTHING,
  unflushed: NOTHING,
};

/**
 * Put all content on the drive, and write as little of it as pays.
 *
 * Problems: those of the drive; cache_corrupt.
 */
export async function refreshContent(
  work: Work,
  { plan, policy }: PolicedPlan,
  hooks: WriteHooks,
): Promise<Result<Refreshed>> {
  const totalBytes = plan.contentBytes + plan.zeroBytes;
  const advance = hooks.onPhase("compare", totalBytes);
  const isAuto = policy.rewrite === "auto";
  const sampled = isAuto ? await sampleContent(work, plan, hooks.random) : ok([]);
  if (!sampled.ok) return sampled;
  const refreshing: Refreshing = { work, nowMs: hooks.nowMs, written: [], advance };
  const chunks = plan.content();
  let state = BEGINNING;
  let window = takeWindow(chunks);
  while (window.length > 0 && !work.signal.aborted) {
    if (isAuto && !paysToCompare({ ...observe(state, sampled.value), proof: policy.proof })) {
      const advanceWrite = hooks.onPhase("write", totalBytes);
      advanceWrite(settledBytes(state));
      const rest = { ...refreshing, advance: advanceWrite };
      return finish(await writeRest(rest, state, both(window, chunks)), rest);
    }
    const next = await refreshWindow(refreshing, state, window);
    if (!next.ok) return next;
    state = next.value;
    window = takeWindow(chunks);
  }
  return finish(await flush(refreshing, state), refreshing);
}

async function refreshWindow(
  { work, nowMs, written, advance }: Refreshing,
  before: State,
  window: readonly Chunk[],
): Promise<Result<State>> {
  const startedAtMs = nowMs();
  const compared = await compareChunks(work, window, advance);
  if (!compared.ok) return compared;
  const { sameBytes, zeroBytes, other } = compared.value;
  const comparedAtMs = nowMs();
  const done = await writeChunks(work, other, advance);
  if (!done.ok) return done;
  for (const chunk of other) addRange(written, chunk);
  const otherBytes = sumBytes(other);
  const windowBytes = sumBytes(window);
  const comparedToBytes = endOf(window.at(-1)!); // Not empty.
  const state = {
    ...before,
    comparedBytes: before.comparedBytes + sameBytes,
    alreadyZeroBytes: before.alreadyZeroBytes + zeroBytes,
    writtenBytes: before.writtenBytes + otherBytes,
    provenFromBytes: otherBytes === 0 ? before.provenFromBytes : comparedToBytes,
    comparedToBytes,
    behind: {
      same: before.behind.same + windowBytes - otherBytes,
      other: before.behind.other + otherBytes,
    },
    read: add(before.read, { bytes: windowBytes, ms: comparedAtMs - startedAtMs }),
    unflushed: add(before.unflushed, { bytes: otherBytes, ms: nowMs() - comparedAtMs }),
  };
  return state.unflushed.bytes < FLUSH_BYTES ? ok(state) : flush({ work, nowMs }, state);
}

async function writeRest(
  { work, nowMs, written, advance }: Refreshing,
  state: State,
  rest: Iterable<Chunk>,
): Promise<Result<State>> {
  let restBytes = 0;
  const noted = function* (): Generator<Chunk> {
    for (const chunk of rest) {
      restBytes += chunk.lengthBytes;
      addRange(written, chunk);
      yield chunk;
    }
  };
  const done = await writeChunks(work, noted(), advance);
  if (!done.ok) return done;
  const unflushed = { bytes: state.unflushed.bytes + restBytes, ms: 0 };
  const writtenBytes = state.writtenBytes + restBytes;
  const provenFromBytes = Number.POSITIVE_INFINITY;
  return flush({ work, nowMs }, { ...state, unflushed, writtenBytes, provenFromBytes });
}

async function flush(
  { work, nowMs }: Pick<Refreshing, "work" | "nowMs">,
  state: State,
): Promise<Result<State>> {
  if (state.unflushed.bytes === 0 || work.signal.aborted) return ok(state);
  const startedAtMs = nowMs();
  const flushed = await work.drive.flush();
  if (!flushed.ok) return flushed;
  const inAll = add(state.unflushed, { bytes: 0, ms: nowMs() - startedAtMs });
  return ok({ ...state, flushed: add(state.flushed, inAll), unflushed: NOTHING });
}

function finish(state: Result<State>, { written, advance }: Refreshing): Result<Refreshed> {
  if (!state.ok) return state;
  const { comparedBytes, alreadyZeroBytes, writtenBytes, provenFromBytes } = state.value;
  const bytes = { comparedBytes, alreadyZeroBytes, writtenBytes, provenFromBytes };
  return ok({ ...bytes, written, advance });
}

function observe({ read, flushed, behind, comparedToBytes }: State, samples: readonly Sample[]) {
  const rest = samples.filter(({ offsetBytes }) => offsetBytes >= comparedToBytes);
  const same = rest.filter(({ isSame }) => isSame).length;
  return { read, written: flushed, behind, ahead: { same, other: rest.length - same } };
}

function settledBytes({ comparedBytes, alreadyZeroBytes, writtenBytes }: State): number {
  return comparedBytes + alreadyZeroBytes + writtenBytes;
}

function takeWindow(chunks: Iterator<Chunk>): readonly Chunk[] {
  const window: Chunk[] = [];
  let bytes = 0;
  while (bytes < WINDOW_BYTES) {
    const next = chunks.next();
    if (next.done) break;
    window.push(next.value);
    bytes += next.value.lengthBytes;
  }
  return window;
}

function* both(first: readonly Chunk[], then: Iterable<Chunk>): Generator<Chunk> {
  yield* first;
  yield* then;
}

function add(left: Transfer, right: Transfer): Transfer {
  return { bytes: left.bytes + right.bytes, ms: left.ms + right.ms };
}

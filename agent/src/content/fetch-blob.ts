import { setTimeout as wait } from "node:timers/promises";
import type { Log } from "@stickfarm/common/log";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import type { Problem, ProblemCode } from "@stickfarm/common/problem";
import { fail, type Result } from "@stickfarm/common/result";
import { checkDiskRoom } from "@stickfarm/common/rim/disk-room";
import type { BlobServer } from "./blob-server.ts";
import { openCacheWriter } from "./cache-writer.ts";
import type { Work } from "./flights.ts";
import type { PaceLimit } from "./keep-pace.ts";
import type { PointHealth } from "./point-health.ts";

export type FetchPlace = {
  readonly directory: string;
  /** In the order in which they are asked. */
  readonly servers: readonly BlobServer[];
  readonly health: PointHealth;
  /** Before all are tried again, in milliseconds; doubled each time that nothing came. */
  readonly retryMs: number;
  /** Of a server while there is another one. */
  readonly pace: PaceLimit;
  readonly log: Log;
};

/** Rounds of all servers in a row that bring not one byte. */
const FRUITLESS_MAX = 5;
const RETRY_MAX_MS = 10_000;
/** Digests that were wrong and might have been the fault of what was there before; then nobody is asked any more. */
const DOUBTS_MAX = 3;
/** After these nothing of what came is kept. */
const USELESS: readonly ProblemCode[] = ["content_digest_mismatch", "disk_full"];
/** Faults of this machine, or a stop: no other server would help. */
const OWN: readonly ProblemCode[] = ["disk_full", "storage_failed", "path_unreadable", "canceled"];
/** It may answer next time. */
const PASSING: readonly ProblemCode[] = ["controller_unreachable", "point_unreachable"];

/**
 * Fetch a blob from the first server that gives it, going on where a connection broke off, there or at the next one.
 *
 * A server that is dead or slow is left for the next and come back to; one that has not got the blob, may not be read or
 * gives wrong bytes is not asked again for it. All of them are tried again for as long as a round brings something.
 *
 * Problems: those of the servers; where there are several, one that names them all.
 */
export async function fetchBlob(
  place: FetchPlace,
  blob: BlobRef,
  flight: Parameters<Work>,
): Promise<Result<void>> {
  const search: Search = { problems: new Map(), helpless: new Set(), furthestBytes: 0, doubts: 0 };
  for (let fruitless = 0; ; ) {
    const before = search.furthestBytes;
    const round = await askAll(place, blob, { search, flight });
    if (round !== null) return round;
    fruitless = search.furthestBytes > before ? 0 : fruitless + 1;
    const isHopeless = place.servers.every(({ name }) => search.helpless.has(name));
    if (isHopeless || fruitless === FRUITLESS_MAX || search.doubts >= DOUBTS_MAX)
      return fail(joinProblems(blob, search.problems));
    const waitMs = Math.min(RETRY_MAX_MS, place.retryMs * 2 ** fruitless);
    // A stop ends the waiting, and the next try says so.
    await wait(waitMs, undefined, { signal: flight[1] }).catch(() => undefined);
  }
}

type Search = {
  /** The newest of each server. */
  readonly problems: Map<string, Problem>;
  /** Servers that are not asked again for this blob. */
  readonly helpless: Set<string>;
  furthestBytes: number;
  doubts: number;
};

type Asking = { readonly search: Search; readonly flight: Parameters<Work> };

/** Ask each server once; `null`: none has given it, and others than the servers are not to blame. */
async function askAll(
  place: FetchPlace,
  blob: BlobRef,
  { search, flight }: Asking,
): Promise<Result<void> | null> {
  const { health, log } = place;
  const mayHelp = place.servers.filter(({ name }) => !search.helpless.has(name));
  for (const server of health.order(mayHelp)) {
    const pace = mayHelp.length > 1 ? place.pace : null;
    const { fetched, doneBytes } = await askOne(place, blob, { server, pace, search, flight });
    if (fetched.ok) return fetched;
    const { problem } = fetched;
    if (OWN.includes(problem.code)) return fetched;
    const { name: point } = server;
    log.warn({ point, code: problem.code, detail: problem.detail }, "content not fetched");
    search.problems.set(point, problem);
    search.furthestBytes = Math.max(search.furthestBytes, doneBytes);
    if (PASSING.includes(problem.code)) health.avoid(point);
    else search.helpless.add(point);
    if (problem.code === "content_digest_mismatch") health.distrust(point);
  }
  return null;
}

type AskingOne = Asking & { readonly server: BlobServer; readonly pace: PaceLimit | null };

/** Wrong bytes may be the fault of what others left: asked again from the beginning, they are this server's own. */
async function askOne(place: FetchPlace, blob: BlobRef, asking: AskingOne): Promise<Tried> {
  const first = await tryFetch(place, blob, asking);
  const isWrong = !first.fetched.ok && first.fetched.problem.code === "content_digest_mismatch";
  if (!isWrong || first.startByte === 0) return first;
  asking.search.doubts += 1;
  asking.search.furthestBytes = 0;
  return tryFetch(place, blob, asking);
}

type Tried = {
  readonly fetched: Result<void>;
  /** Where it went on. */
  readonly startByte: number;
  readonly doneBytes: number;
};

async function tryFetch(
  { directory }: FetchPlace,
  blob: BlobRef,
  { server, pace, flight: [report, signal] }: AskingOne,
): Promise<Tried> {
  const opened = await openCacheWriter(directory, blob);
  if (!opened.ok) return { fetched: opened, startByte: 0, doneBytes: 0 };
  const writer = opened.value;
  const startByte = writer.doneBytes;
  report(startByte);
  const doing = `Cannot fetch content ${blob.sha256}`;
  const leftBytes = blob.sizeBytes - startByte;
  const room = await checkDiskRoom(directory, { doing, sizeBytes: leftBytes });
  const isWhole = leftBytes <= 0 && blob.sizeBytes > 0;
  const take = async (bytes: Uint8Array): Promise<Result<void>> => {
    const taken = await writer.take(bytes);
    report(writer.doneBytes);
    return taken;
  };
  const read =
    room.ok && !isWhole ? await server.read(blob, startByte, { take, signal, pace }) : room;
  const { doneBytes } = writer;
  if (read.ok) return { fetched: await writer.finish(), startByte, doneBytes };
  // A disk that filled up under our hands is given back what we took of it: the journal is on it too.
  const isUseless = room.ok && USELESS.includes(read.problem.code);
  await (isUseless ? writer.discard() : writer.pause());
  return { fetched: read, startByte, doneBytes };
}

/** Most hopeful first: what all of them come to. */
const WEIGHT: readonly ProblemCode[] = [
  "controller_unreachable",
  "point_unreachable",
  "content_digest_mismatch",
  "point_unreadable",
];

function joinProblems(blob: BlobRef, problems: ReadonlyMap<string, Problem>): Problem {
  const all = [...problems.values()];
  const codes = all.map(({ code }) => code);
  const [only] = all;
  if (only !== undefined && all.length === 1) return only;
  const code = WEIGHT.find((heavy) => codes.includes(heavy)) ?? codes[0] ?? "content_missing";
  const reasons = [...problems].map(([name, { detail }]) => `"${name}": ${detail}`);
  const detail = `Cannot fetch content ${blob.sha256} from any of its distribution points: ${reasons.join("; ")}`;
  return { code, detail };
}

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import type { ProblemCode } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { canceled, isCanceled } from "@stickfarm/common/rim/cancel";
import { checkDiskRoom } from "@stickfarm/common/rim/disk-room";
import type { BlobServer } from "./blob-server.ts";
import { openCacheWriter } from "./cache-writer.ts";
import { isCachedWhole } from "./check-cached.ts";
import type { Work } from "./flights.ts";
import { pieceHashesPath } from "./piece-hashes.ts";

export type CachePlace = {
  readonly directory: string;
  readonly server: BlobServer;
  /** Before a connection is tried again, in milliseconds; doubled each time that nothing came. */
  readonly retryMs: number;
};

/** Connections in a row that bring not one byte. */
const FRUITLESS_MAX = 5;
const RETRY_MAX_MS = 10_000;
/** After these nothing of what came is kept. */
const USELESS: readonly ProblemCode[] = ["content_digest_mismatch", "disk_full"];
/** Wrong bytes may be the fault of what an earlier run left; wrong again, they are the library's. */
const MISMATCHES_MAX = 2;

/**
 * Use what is in the cache if it is whole, else bring it anew by `bring`.
 *
 * Problems: those of `bring`, and canceled.
 */
export async function bringChecked(
  directory: string,
  blob: BlobRef,
  bring: Work,
  [report, signal]: Parameters<Work>,
): Promise<Result<void>> {
  if (await isCachedWhole(directory, blob, { onProgress: report, signal })) return ok(undefined);
  // A check that was stopped says nothing about the blob.
  if (isCanceled(signal)) return fail(canceled(`Cannot check content ${blob.sha256}`));
  await removeBlob(directory, blob.sha256);
  return bring(report, signal);
}

export async function removeBlob(directory: string, sha256: string): Promise<void> {
  const path = join(directory, sha256);
  await rm(path, { force: true });
  await rm(pieceHashesPath(path), { force: true });
}

/**
 * Fetch a blob, going on where a connection broke off for as long as each brings something.
 *
 * Problems: content_missing, content_digest_mismatch, disk_full, storage_failed, controller_unreachable, unauthenticated,
 *           forbidden, canceled.
 */
export async function fetchBlob(
  place: CachePlace,
  blob: BlobRef,
  [report, signal]: Parameters<Work>,
): Promise<Result<void>> {
  let furthestBytes = 0;
  let fruitless = 0;
  let mismatches = 0;
  for (;;) {
    const { fetched, doneBytes } = await tryFetch(place, blob, [report, signal]);
    if (fetched.ok) return fetched;
    switch (fetched.problem.code) {
      case "content_digest_mismatch":
        mismatches += 1;
        furthestBytes = 0;
        break;
      case "controller_unreachable":
        fruitless = doneBytes > furthestBytes ? 0 : fruitless + 1;
        furthestBytes = Math.max(furthestBytes, doneBytes);
        break;
      default:
        return fetched;
    }
    if (mismatches === MISMATCHES_MAX || fruitless === FRUITLESS_MAX) return fetched;
    const waitMs = Math.min(RETRY_MAX_MS, place.retryMs * 2 ** fruitless);
    // A stop ends the waiting, and the next try says so.
    await wait(waitMs, undefined, { signal }).catch(() => undefined);
  }
}

type Tried = { readonly fetched: Result<void>; readonly doneBytes: number };

async function tryFetch(
  { directory, server }: CachePlace,
  blob: BlobRef,
  [report, signal]: Parameters<Work>,
): Promise<Tried> {
  const opened = await openCacheWriter(directory, blob);
  if (!opened.ok) return { fetched: opened, doneBytes: 0 };
  const writer = opened.value;
  report(writer.doneBytes);
  const doing = `Cannot fetch content ${blob.sha256}`;
  const leftBytes = blob.sizeBytes - writer.doneBytes;
  const room = await checkDiskRoom(directory, { doing, sizeBytes: leftBytes });
  const isWhole = leftBytes <= 0 && blob.sizeBytes > 0;
  const take = async (bytes: Uint8Array): Promise<Result<void>> => {
    const taken = await writer.take(bytes);
    report(writer.doneBytes);
    return taken;
  };
  const read =
    room.ok && !isWhole ? await server.read(blob, writer.doneBytes, { take, signal }) : room;
  const { doneBytes } = writer;
  if (read.ok) return { fetched: await writer.finish(), doneBytes };
  // A disk that filled up under our hands is given back what we took of it: the journal is on it too.
  const isUseless = room.ok && USELESS.includes(read.problem.code);
  await (isUseless ? writer.discard() : writer.pause());
  return { fetched: read, doneBytes };
}

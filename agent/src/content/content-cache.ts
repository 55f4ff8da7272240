import { setMaxListeners } from "node:events";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import { ok, type Result } from "@stickfarm/common/result";
import { runParallel } from "@stickfarm/common/rim/run-parallel";
import type { BlobServer } from "./blob-server.ts";
import { removeBlob } from "./bring-blob.ts";
import { type Asking, type BringOnce, bringOnce, type OnBytes } from "./bring-once.ts";
import { readCachedVersion } from "./check-cached.ts";
import { expandBlob, type PackedImage } from "./expand-blob.ts";
import { type FetchPlace, fetchBlob } from "./fetch-blob.ts";
import type { Work } from "./flights.ts";
import type { PaceLimit } from "./keep-pace.ts";
import { openPointHealth } from "./point-health.ts";
import { sweepCache } from "./sweep-cache.ts";

/**
 * Content by its SHA-256 on this workstation: fetched once, checked once, and read by as many sticks as are written.
 *
 * A blob is checked the first time that it is asked for in a run of the agent, whoever left it there; after that it is
 * known to be whole until its file is touched or somebody doubts it.
 */
export type ContentCache = {
  readonly directory: string;
  /**
   * Bring blobs in. `onBytes` hears of each byte that is ready, once, also of those that others asked for. Who stops
   * waiting by `signal` stops what nobody else waits for.
   *
   * Problems: content_missing, content_digest_mismatch, disk_full, storage_failed, controller_unreachable,
   *           point_unreachable, point_unreadable, unauthenticated, forbidden, canceled.
   */
  readonly ensureAll: (
    blobs: readonly BlobRef[],
    onBytes: OnBytes,
    signal?: AbortSignal,
  ) => Promise<Result<void>>;
  /**
   * Bring the raw image in, expanding what the library stores at most once. `onBytes` hears of the stored bytes, where
   * they are others, and then of the expanded ones.
   *
   * Problems: as `ensureAll()`, and archive_unreadable, tool_failed.
   */
  readonly ensureExpanded: (
    image: PackedImage,
    onBytes: OnBytes,
    signal?: AbortSignal,
  ) => Promise<Result<void>>;
  /** The same cache, filled from other places: the distribution points of an order, in its order. */
  readonly fetchingFrom: (servers: readonly BlobServer[]) => ContentCache;
  /** A small blob that is in the cache. */
  readonly read: (sha256: string) => Promise<Buffer>;
  /** A read came back wrong: look at every blob again before it is used. */
  readonly doubt: () => void;
};

const BLOBS_AT_ONCE = 6;
const RETRY_MS = 500;
/** Of each connection to a distribution point while there is another one: all of them together are a slow line. */
const PACE: PaceLimit = { minBytesPerSecond: 16 * 1024, windowMs: 10_000 };

export type CacheOptions = Pick<FetchPlace, "log"> & Partial<Pick<FetchPlace, "retryMs" | "pace">>;

/**
 * Open the cache in a directory, made if there is none. `signal` ends with the agent. Until others are named, it is filled
 * from `server`.
 */
export async function openContentCache(
  directory: string,
  server: BlobServer,
  signal: AbortSignal,
  { log, retryMs = RETRY_MS, pace = PACE }: CacheOptions,
): Promise<ContentCache> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await sweepCache(directory, Date.now());
  const health = openPointHealth(() => performance.now());
  const place = { directory, servers: [server], health, retryMs, pace, log };
  return cacheOf({ place, once: bringOnce(directory), signal });
}

type Parts = {
  readonly place: FetchPlace;
  readonly once: BringOnce;
  readonly signal: AbortSignal;
};

function cacheOf(parts: Parts): ContentCache {
  const { place, once, signal } = parts;
  const { directory } = place;
  return {
    directory,
    ensureAll: async (blobs, onBytes, own) => {
      const distinct = [...new Map(blobs.map((blob) => [blob.sha256, blob])).values()];
      const options = { parallelMax: BLOBS_AT_ONCE, signal: eitherOf(signal, own) };
      const done = await runParallel(distinct, options, (blob, lane) =>
        ensure(parts, blob, { onBytes, signal: lane }),
      );
      return done.ok ? ok(undefined) : done;
    },
    ensureExpanded: (image, onBytes, own) => {
      const { stored, compression, expanded } = image;
      const asking = { onBytes, signal: eitherOf(signal, own) };
      if (compression === "none") return ensure(parts, expanded, asking);
      const totalBytes = stored.sizeBytes + expanded.sizeBytes;
      return once.bring({ blob: expanded, totalBytes }, asking, (...flight) =>
        expand(parts, image, flight),
      );
    },
    fetchingFrom: (servers) => cacheOf({ ...parts, place: { ...place, servers } }),
    read: (sha256) => readFile(join(directory, sha256)),
    doubt: once.doubt,
  };
}

function ensure({ place, once }: Parts, blob: BlobRef, asking: Asking): Promise<Result<void>> {
  return once.bring({ blob, totalBytes: blob.sizeBytes }, asking, (...flight) =>
    fetchBlob(place, blob, flight),
  );
}

async function expand(
  parts: Parts,
  image: PackedImage,
  [report, stop]: Parameters<Work>,
): Promise<Result<void>> {
  const { stored } = image;
  const { directory } = parts.place;
  const wasHere = (await readCachedVersion(directory, stored)) !== null;
  let fetchedBytes = 0;
  const onBytes = (count: number) => {
    fetchedBytes += count;
    report(fetchedBytes);
  };
  const fetched = await ensure(parts, stored, { onBytes, signal: stop });
  if (!fetched.ok) return fetched;
  const reportAll = (doneBytes: number) => report(stored.sizeBytes + doneBytes);
  const expanded = await expandBlob(directory, image, [reportAll, stop]);
  // Sticks are written from the raw image. What was here before may be needed as it is, as a file of a tree.
  if (expanded.ok && !wasHere) await removeBlob(directory, stored.sha256);
  return expanded;
}

function eitherOf(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  const either = other === undefined ? one : AbortSignal.any([one, other]);
  // Every blob of an order listens; Node warns above ten.
  setMaxListeners(0, either);
  return either;
}

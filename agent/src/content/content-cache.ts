import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { BlobRef, ImageBody } from "@stickfarm/common/media/manifest";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { expandFile } from "@stickfarm/common/rim/expand-file";
import { runParallel } from "@stickfarm/common/rim/run-parallel";
import type { BlobServer } from "./blob-server.ts";
import { openCacheWriter } from "./cache-writer.ts";
import { isCachedWhole } from "./check-cached.ts";
import { pieceHashesPath } from "./piece-hashes.ts";

/**
 * Content by its SHA-256 on this workstation: fetched once, checked once, and read by as many sticks as are written.
 *
 * A blob is checked the first time that it is asked for in a run of the agent, whoever left it there; after that it is
 * known to be whole until somebody doubts it.
 */
export type ContentCache = {
  readonly directory: string;
  /** Bring blobs in. `onBytes` hears of each byte that is ready, once. */
  readonly ensureAll: (blobs: readonly BlobRef[], onBytes: OnBytes) => Promise<Result<void>>;
  /** Bring the raw image in, expanding what the library stores at most once. */
  readonly ensureExpanded: (
    image: Pick<ImageBody, "stored" | "compression" | "expanded">,
    onBytes: OnBytes,
  ) => Promise<Result<void>>;
  /** A small blob that is in the cache. */
  readonly read: (sha256: string) => Promise<Buffer>;
  /** A read came back wrong: look at every blob again before it is used. */
  readonly doubt: () => void;
};

export type OnBytes = (count: number) => void;

const FETCHES_AT_ONCE = 6;
const TRIES_MAX = 5;
const TRY_AGAIN_BASE_MS = 500;

/**
 * Open the cache in a directory, made if there is none.
 *
 * `signal` ends with the agent. A stick that is canceled stops nothing here: others may wait for the same bytes.
 */
export async function openContentCache(
  directory: string,
  server: BlobServer,
  signal: AbortSignal,
): Promise<ContentCache> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const whole = new Set<string>();
  const flights = new Map<string, Promise<Result<void>>>();

  /** The same blob is brought in once at a time, however many sticks wait for it. */
  const once = (blob: BlobRef, bring: () => Promise<Result<void>>): Promise<Result<void>> => {
    if (whole.has(blob.sha256)) return Promise.resolve(ok(undefined));
    const flying = flights.get(blob.sha256);
    if (flying !== undefined) return flying;
    const flight = bringChecked(directory, blob, bring).finally(() => flights.delete(blob.sha256));
    flights.set(blob.sha256, flight);
    return flight.then((brought) => {
      if (brought.ok) whole.add(blob.sha256);
      return brought;
    });
  };
  const ensure = async (blob: BlobRef, onBytes: OnBytes): Promise<Result<void>> => {
    const brought = await once(blob, () => fetchBlob({ directory, server, blob, signal }));
    if (brought.ok) onBytes(blob.sizeBytes);
    return brought;
  };
  return {
    directory,
    ensureAll: async (blobs, onBytes) => {
      const distinct = [...new Map(blobs.map((blob) => [blob.sha256, blob])).values()];
      const done = await runParallel(distinct, { parallelMax: FETCHES_AT_ONCE, signal }, (blob) =>
        ensure(blob, onBytes),
      );
      return done.ok ? ok(undefined) : done;
    },
    ensureExpanded: async ({ stored, compression, expanded }, onBytes) => {
      if (compression === "none") return ensure(expanded, onBytes);
      const expand = async (): Promise<Result<void>> => {
        const fetched = await ensure(stored, onBytes);
        if (!fetched.ok) return fetched;
        const done = await expandBlob({
          directory,
          stored,
          compression,
          expanded,
          onBytes,
          signal,
        });
        // The raw image is what sticks are written from; the packed one can be fetched again.
        if (done.ok) await dropBlob(directory, stored, whole);
        return done;
      };
      return once(expanded, expand);
    },
    read: (sha256) => readFile(join(directory, sha256)),
    doubt: () => whole.clear(),
  };
}

async function bringChecked(
  directory: string,
  blob: BlobRef,
  bring: () => Promise<Result<void>>,
): Promise<Result<void>> {
  if (await isCachedWhole(directory, blob)) return ok(undefined);
  await removeBlob(directory, blob);
  return bring();
}

type Fetching = {
  readonly directory: string;
  readonly server: BlobServer;
  readonly blob: BlobRef;
  readonly signal: AbortSignal;
};

/** A connection that broke off is taken up where it broke; wrong bytes are fetched anew once. */
async function fetchBlob(fetching: Fetching): Promise<Result<void>> {
  let mismatches = 0;
  for (let tried = 1; ; tried++) {
    const fetched = await tryFetch(fetching);
    if (fetched.ok) return fetched;
    const { code } = fetched.problem;
    if (code === "content_digest_mismatch") mismatches += 1;
    const again =
      (code === "controller_unreachable" && tried < TRIES_MAX) ||
      (code === "content_digest_mismatch" && mismatches < 2);
    if (!again || fetching.signal.aborted) return fetched;
    await sleep(TRY_AGAIN_BASE_MS * 2 ** (tried - 1), undefined, { signal: fetching.signal }).catch(
      () => undefined,
    );
  }
}

async function tryFetch({ directory, server, blob, signal }: Fetching): Promise<Result<void>> {
  const writer = await openCacheWriter(directory, blob);
  if (!writer.ok) return writer;
  const { startByte, take, finish, pause, discard } = writer.value;
  if (startByte < blob.sizeBytes || blob.sizeBytes === 0) {
    const read = await server.read(blob, startByte, { take, signal });
    if (!read.ok) {
      await (read.problem.code === "content_digest_mismatch" ? discard() : pause());
      return read;
    }
  }
  return finish();
}

type Expanding = Pick<ImageBody, "stored" | "compression" | "expanded"> & {
  readonly directory: string;
  readonly onBytes: OnBytes;
  readonly signal: AbortSignal;
};

async function expandBlob(expanding: Expanding): Promise<Result<void>> {
  const { directory, stored, compression, expanded, onBytes, signal } = expanding;
  // What a killed agent left of an expansion cannot be taken up: a decoder starts at the beginning.
  await rm(join(directory, `${expanded.sha256}.partial`), { force: true });
  const writer = await openCacheWriter(directory, expanded);
  if (!writer.ok) return writer;
  const done = await expandFile(
    join(directory, stored.sha256),
    { compression, maxExpandedBytes: expanded.sizeBytes, signal },
    async (bytes) => {
      const taken = await writer.value.take(bytes);
      if (taken.ok) onBytes(bytes.length);
      return taken;
    },
  );
  if (done.ok) return writer.value.finish();
  await writer.value.discard();
  if (done.problem.code === "image_too_large")
    return fail({ code: "content_digest_mismatch", detail: done.problem.detail });
  return done;
}

async function dropBlob(directory: string, blob: BlobRef, whole: Set<string>): Promise<void> {
  whole.delete(blob.sha256);
  await removeBlob(directory, blob);
}

async function removeBlob(directory: string, blob: BlobRef): Promise<void> {
  const path = join(directory, blob.sha256);
  await rm(path, { force: true });
  await rm(pieceHashesPath(path), { force: true });
}

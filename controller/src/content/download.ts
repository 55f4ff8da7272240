import { createHash, type Hash } from "node:crypto";
import { constants, type FileHandle, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { type ContentClient, networkProblem } from "@stickfarm/common/rim/content-client";
import { checkDiskRoom } from "@stickfarm/common/rim/disk-room";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import { gather } from "@stickfarm/common/rim/gather";
import { hashFile } from "@stickfarm/common/rim/hash-file";
import { runParallel } from "@stickfarm/common/rim/run-parallel";
import { writeAll } from "@stickfarm/common/rim/write-all";

export type DownloadOptions = {
  /** Holds `<sha256>` for each blob afterwards; what an earlier run left there is used. */
  readonly directory: string;
  readonly signal?: AbortSignal | undefined;
  /** Bytes fetched or found to be there; falls when a blob has to be fetched from its beginning. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  /** Before the second try, in milliseconds; doubled for each after it. */
  readonly retryMs?: number;
};

export const DOWNLOADS_AT_ONCE = 4;
const TRIES_MAX = 5;
const RETRY_MS = 500;
const READ_BYTES = 256 * 1024;

/**
 * Fetch content from the controller's library into a folder, each blob once. A blob has its name when its digest was found
 * right; one that broke off goes on where it ended, also in a later run.
 *
 * Problems: content_missing, content_digest_mismatch, disk_full, storage_failed, controller_unreachable, unauthenticated,
 *           forbidden, canceled.
 */
export async function downloadBlobs(
  client: ContentClient,
  blobs: readonly BlobRef[],
  options: DownloadOptions,
): Promise<Result<void>> {
  const { directory, signal, retryMs = RETRY_MS } = options;
  const distinct = [...new Map(blobs.map((blob) => [blob.sha256, blob])).values()];
  const totalBytes = distinct.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let doneBytes = 0;
  const onBytes = (bytes: number): void => {
    doneBytes += bytes;
    options.onProgress?.(doneBytes, totalBytes);
  };
  const parallel = { parallelMax: DOWNLOADS_AT_ONCE, signal };
  const ran = await runParallel(distinct, parallel, (blob, signal) =>
    bringBlob({ client, blob, directory, signal, onBytes }, retryMs),
  );
  return ran.ok ? ok(undefined) : ran;
}

type Download = {
  readonly client: ContentClient;
  readonly blob: BlobRef;
  readonly directory: string;
  readonly signal: AbortSignal;
  readonly onBytes: (bytes: number) => void;
};

async function bringBlob(download: Download, retryMs: number): Promise<Result<void>> {
  const { blob, directory, signal, onBytes } = download;
  const here = await hashFile(join(directory, blob.sha256), { signal });
  if (!here.ok && here.problem.code !== "path_missing") return here;
  if (here.ok && here.value.sha256 === blob.sha256) {
    onBytes(blob.sizeBytes);
    return ok(undefined);
  }
  for (let tried = 1; ; tried++) {
    const fetched = await tryDownload(download);
    if (fetched.ok || tried === TRIES_MAX || !isWorthAnother(fetched.problem)) return fetched;
    // A stop ends the waiting, and the next try says so.
    await wait(retryMs * 2 ** (tried - 1), undefined, { signal }).catch(() => null);
  }
}

/** Wrong bytes may be the fault of what an earlier run left. */
function isWorthAnother({ code }: Problem): boolean {
  return code === "controller_unreachable" || code === "content_digest_mismatch";
}

async function tryDownload({ onBytes, ...download }: Download): Promise<Result<void>> {
  const { blob, directory } = download;
  const path = join(directory, blob.sha256);
  const doing = `Cannot fetch content ${blob.sha256} into "${directory}"`;
  let countedBytes = 0;
  const count = (bytes: number): void => {
    countedBytes += bytes;
    onBytes(bytes);
  };
  try {
    const file = await open(`${path}.partial`, constants.O_RDWR | constants.O_CREAT, 0o600);
    const poured = await pourInto(file, { ...download, doing, onBytes: count }).finally(() =>
      file.close(),
    );
    if (poured.ok) await rename(`${path}.partial`, path);
    else onBytes(-countedBytes);
    if (!poured.ok && poured.problem.code === "content_digest_mismatch")
      await rm(`${path}.partial`, { force: true });
    return poured;
  } catch (error) {
    return fail(fileProblem(doing, error));
  }
}

type Pour = Download & { readonly doing: string };

/** The rest of the blob behind what the file holds already, which is hashed again: nobody knows who wrote it. */
async function pourInto(file: FileHandle, pour: Pour): Promise<Result<void>> {
  const { blob, directory, doing, onBytes } = pour;
  const hash = createHash("sha256");
  const startByte = await hashWhatIsThere(file, hash);
  onBytes(startByte);
  const leftBytes = blob.sizeBytes - startByte;
  const room = await checkDiskRoom(directory, { doing, sizeBytes: Math.max(0, leftBytes) });
  if (!room.ok) return room;
  const isWhole = leftBytes <= 0 && blob.sizeBytes > 0;
  const got = isWhole ? ok(startByte) : await fetchRest(file, { ...pour, hash, startByte });
  if (!got.ok) return got;
  const sha256 = hash.digest("hex");
  if (got.value === blob.sizeBytes && sha256 === blob.sha256) return ok(undefined);
  const detail = `${doing}: ${got.value} bytes with the SHA-256 ${sha256} came`;
  return fail({ code: "content_digest_mismatch", detail });
}

async function hashWhatIsThere(file: FileHandle, hash: Hash): Promise<number> {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  for (let atByte = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, atByte);
    if (bytesRead === 0) return atByte;
    hash.update(buffer.subarray(0, bytesRead));
    atByte += bytesRead;
  }
}

/** Gives back where the bytes ended. */
async function fetchRest(
  file: FileHandle,
  {
    client,
    blob,
    signal,
    doing,
    hash,
    startByte,
    onBytes,
  }: Pour & { readonly hash: Hash; readonly startByte: number },
): Promise<Result<number>> {
  const { sha256, sizeBytes } = blob;
  // A server that knew no ranges would send all from the beginning: then this is no answer.
  const [headers, statuses] =
    startByte === 0 ? [{}, [200]] : [{ range: `bytes=${startByte}-` }, [206]];
  const asked = await client.ask({ doing, method: "GET", sha256, headers, statuses, signal });
  if (!asked.ok) return asked;
  let atByte = startByte;
  try {
    for await (const bytes of gather(asked.value, sizeBytes - startByte)) {
      const written = await writeAll(file, bytes, { doing, atByte });
      if (!written.ok) return written;
      hash.update(bytes);
      atByte += bytes.length;
      onBytes(bytes.length);
    }
    return ok(atByte);
  } catch (error) {
    return fail(networkProblem(doing, error, signal));
  }
}

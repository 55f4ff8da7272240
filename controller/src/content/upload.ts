import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { ContentClient } from "@stickfarm/common/rim/content-client";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import { runParallel } from "@stickfarm/common/rim/run-parallel";

/** Content that was scanned, and the file that it is in. */
export type LocalBlob = { readonly blob: BlobRef; readonly localPath: string };

export type UploadOptions = {
  readonly signal?: AbortSignal;
  /** Bytes sent or found to be there; falls when a broken connection makes some to be sent again. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  /** Before the second try, in milliseconds; doubled for each after it. */
  readonly retryMs?: number;
};

export type Uploaded = {
  readonly sentBytes: number;
  /** The library had these already. */
  readonly presentBytes: number;
};

export const UPLOADS_AT_ONCE = 4;
const TRIES_MAX = 4;
const RETRY_MS = 500;
const READ_BYTES = 256 * 1024;
/** To ask for less takes as long as to send it. */
const ASK_FIRST_BYTES_MIN = 64 * 1024;

/**
 * Send content to the controller's library, what it has not got yet, each blob once.
 *
 * Problems: path_changed when a file is no longer what was scanned, path_missing, path_unreadable, disk_full (there),
 *           controller_unreachable, unauthenticated, forbidden, canceled.
 */
export async function uploadBlobs(
  client: ContentClient,
  blobs: readonly LocalBlob[],
  options: UploadOptions = {},
): Promise<Result<Uploaded>> {
  const distinct = [...new Map(blobs.map((each) => [each.blob.sha256, each])).values()];
  const totalBytes = distinct.reduce((sum, { blob }) => sum + blob.sizeBytes, 0);
  let doneBytes = 0;
  let presentBytes = 0;
  const onBytes = (bytes: number): void => {
    doneBytes += bytes;
    options.onProgress?.(doneBytes, totalBytes);
  };
  const ran = await runParallel(
    distinct,
    { parallelMax: UPLOADS_AT_ONCE, signal: options.signal },
    async (local, signal) => {
      const sent = await uploadBlob(
        { client, local, signal, onBytes },
        options.retryMs ?? RETRY_MS,
      );
      if (sent.ok && sent.value === "present") presentBytes += local.blob.sizeBytes;
      return sent;
    },
  );
  return ran.ok ? ok({ sentBytes: totalBytes - presentBytes, presentBytes }) : ran;
}

type Upload = {
  readonly client: ContentClient;
  readonly local: LocalBlob;
  readonly signal: AbortSignal;
  readonly onBytes: (bytes: number) => void;
};

type Sent = "sent" | "present";

async function uploadBlob(upload: Upload, retryMs: number): Promise<Result<Sent>> {
  for (let tried = 1; ; tried++) {
    const sent = await tryUpload(upload);
    const isBroken = !sent.ok && sent.problem.code === "controller_unreachable";
    if (!isBroken || tried === TRIES_MAX) return sent;
    // A stop ends the waiting, and the next try says so.
    await wait(retryMs * 2 ** (tried - 1), undefined, { signal: upload.signal }).catch(() => null);
  }
}

async function tryUpload(upload: Upload): Promise<Result<Sent>> {
  const { client, local, signal, onBytes } = upload;
  const { sha256, sizeBytes } = local.blob;
  const doing = `Cannot upload "${local.localPath}"`;
  if (sizeBytes >= ASK_FIRST_BYTES_MIN) {
    const statuses = [200, 404];
    const asked = await client.ask({ doing, method: "HEAD", sha256, statuses, signal });
    if (!asked.ok) return asked;
    asked.value.resume();
    if (asked.value.statusCode === 200) {
      onBytes(sizeBytes);
      return ok("present");
    }
  }
  return sendFile(upload, doing);
}

async function sendFile(upload: Upload, doing: string): Promise<Result<Sent>> {
  const { client, local, signal, onBytes } = upload;
  const { sha256, sizeBytes } = local.blob;
  const file = readScanned(local, doing, onBytes);
  const answer = await client.ask({
    doing,
    method: "PUT",
    sha256,
    headers: { "content-length": sizeBytes, "content-type": "application/octet-stream" },
    body: Readable.from(file.bytes, { objectMode: false }),
    statuses: [200, 201],
    signal,
  });
  if (answer.ok) {
    answer.value.resume();
    onBytes(sizeBytes - file.sentBytes());
    return ok(answer.value.statusCode === 200 ? "present" : "sent");
  }
  onBytes(-file.sentBytes());
  const problem = file.problem() ?? answer.problem;
  if (problem.code !== "content_digest_mismatch") return fail(problem);
  return fail(changed(doing, problem.detail));
}

type ScannedBytes = {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly sentBytes: () => number;
  /** Why the bytes ended early, if it was the file's fault. */
  readonly problem: () => Problem | null;
};

/** As many bytes as were announced, or an error: fewer would hang, more would be taken for the next request. */
function readScanned(
  { localPath, blob }: LocalBlob,
  doing: string,
  onBytes: (bytes: number) => void,
): ScannedBytes {
  let sentBytes = 0;
  let problem: Problem | null = null;
  async function* read(): AsyncGenerator<Uint8Array> {
    if (blob.sizeBytes === 0) return;
    try {
      const part = { end: blob.sizeBytes - 1, highWaterMark: READ_BYTES };
      for await (const chunk of createReadStream(localPath, part)) {
        sentBytes += chunk.length;
        onBytes(chunk.length);
        yield chunk;
      }
    } catch (error) {
      problem = fileProblem(doing, error);
      throw error;
    }
    if (sentBytes === blob.sizeBytes) return;
    problem = changed(doing, `it has ${sentBytes} bytes, ${blob.sizeBytes} were scanned`);
    throw new Error(problem.detail);
  }
  return { bytes: read(), sentBytes: () => sentBytes, problem: () => problem };
}

function changed(doing: string, is: string): Problem {
  return { code: "path_changed", detail: `${doing}: it is not what was scanned: ${is}` };
}

import { createHash } from "node:crypto";
import { constants, type FileHandle, open, stat } from "node:fs/promises";
import type { BlobRef } from "../media/manifest.ts";
import { fail, ok, type Result } from "../result.ts";
import { canceled, isCanceled } from "./cancel.ts";
import { fileProblem } from "./file-problem.ts";

export type HashOptions = {
  readonly signal?: AbortSignal | undefined;
  /** Told of each piece that was read, in bytes; the bytes are valid during the call. */
  readonly onBytes?: (bytes: Uint8Array) => void;
};

export type FileFacts = BlobRef & {
  /** Milliseconds since 1970 UTC, whole. */
  readonly modifiedAtMs: number;
};

const READ_BYTES = 1024 * 1024;

/**
 * SHA-256, size and time of a file that stays as it is while it is read.
 *
 * Problems: path_missing, path_unreadable, storage_failed, path_changed when it was written or replaced meanwhile,
 *           path_not_content when it is no regular file, canceled.
 */
export async function hashFile(
  path: string,
  options: HashOptions = {},
): Promise<Result<FileFacts>> {
  const doing = `Cannot read "${path}"`;
  try {
    // Without O_NONBLOCK a named pipe would hold us until somebody writes into it.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return await hashOpenFile(file, { path, doing, ...options });
    } finally {
      await file.close();
    }
  } catch (error) {
    return fail(fileProblem(doing, error));
  }
}

type Reading = HashOptions & { readonly path: string; readonly doing: string };

async function hashOpenFile(file: FileHandle, reading: Reading): Promise<Result<FileFacts>> {
  const before = await file.stat();
  if (!before.isFile()) {
    return fail({ code: "path_not_content", detail: `${reading.doing}: it is no regular file` });
  }
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, before.size + 1));
  let sizeBytes = 0;
  for (;;) {
    if (isCanceled(reading.signal)) return fail(canceled(reading.doing));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, sizeBytes);
    if (bytesRead === 0) break;
    const bytes = buffer.subarray(0, bytesRead);
    hash.update(bytes);
    reading.onBytes?.(bytes);
    sizeBytes += bytesRead;
  }
  const after = await stat(reading.path);
  const same = (["ino", "dev", "size", "mtimeMs", "ctimeMs"] as const).every(
    (fact) => before[fact] === after[fact],
  );
  if (!same || sizeBytes !== before.size) {
    const detail = `${reading.doing}: it was changed while it was read, it must stay as it is`;
    return fail({ code: "path_changed", detail });
  }
  return ok({
    sha256: hash.digest("hex"),
    sizeBytes,
    modifiedAtMs: Math.max(0, Math.floor(before.mtimeMs)),
  });
}

import { chmod, constants, type FileHandle, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { blobPath } from "@stickfarm/common/media/distribution-point";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { syncDirectory } from "@stickfarm/common/rim/atomic-file";
import { canceled, isCanceled } from "@stickfarm/common/rim/cancel";
import { fileProblem, isErrnoError } from "@stickfarm/common/rim/file-problem";
import type { Share } from "@stickfarm/common/rim/read-share";
import { judgeBytes } from "./judge-bytes.ts";
import type { PutOptions } from "./point-access.ts";

/** Whoever may read the share may read its content: the rights of the share itself decide who that is. */
const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;
const READ_ONLY: readonly string[] = ["EACCES", "EPERM", "EROFS"];
const FULL: readonly string[] = ["ENOSPC", "EDQUOT", "EFBIG"];

type Copying = PutOptions & { readonly name: string };

/**
 * Copy a blob to a share as `<sha256>.partial`, read that back, and give it its name. What an earlier copying left is gone
 * on with, and copied anew when it turns out to be something else.
 */
export async function copyToShare(
  share: Share,
  blob: BlobRef,
  options: Copying,
): Promise<Result<void>> {
  const path = join(share.path, blobPath(blob.sha256));
  const doing = `Cannot copy content ${blob.sha256} to distribution point "${options.name}"`;
  const copy = { share, blob, path, doing, options };
  try {
    // A share that is not mounted is no reason to fill the disk below it.
    await share.pass(() => stat(share.path));
    await makeFolder(share, dirname(path));
    const first = await tryCopy(copy);
    const isOld = !first.ok && first.problem.code === "content_digest_mismatch";
    return isOld ? await tryCopy(copy) : first;
  } catch (error) {
    if (isCanceled(options.signal)) return fail(canceled(doing));
    return fail(await problemOf(copy, error));
  }
}

type Copy = {
  readonly share: Share;
  readonly blob: BlobRef;
  readonly path: string;
  readonly doing: string;
  readonly options: Copying;
};

async function makeFolder(share: Share, path: string): Promise<void> {
  const made = await share.pass(() => mkdir(path, { recursive: true, mode: FOLDER_MODE }));
  if (made === undefined) return;
  await letAllRead(share, dirname(path), FOLDER_MODE);
  await letAllRead(share, path, FOLDER_MODE);
  await share.pass(() => syncDirectory(dirname(path)));
}

/** Whatever this process takes away from what it makes; a share without such rights has its own. */
async function letAllRead(share: Share, path: string, mode: number): Promise<void> {
  try {
    await share.pass(() => chmod(path, mode));
  } catch (error) {
    if (!isErrnoError(error)) throw error;
  }
}

/** A copy that turns out to be something else is removed. */
async function tryCopy({ share, blob, path, doing, options }: Copy): Promise<Result<void>> {
  const partialPath = `${path}.partial`;
  const flags = constants.O_RDWR | constants.O_CREAT;
  const file = await share.pass(() => open(partialPath, flags, FILE_MODE), closeLate);
  try {
    const written = await append(share, file, { blob, doing, options });
    if (!written.ok) return written;
    await share.pass(() => file.sync());
    const state = await judgeBytes(readPieces(share, file), blob, options.signal);
    if (state.kind !== "whole") {
      await share.pass(() => rm(partialPath, { force: true }));
      const is = state.kind === "damaged" ? state.is : state.kind;
      const detail = `${doing}: read back, ${is}`;
      return fail({ code: "content_digest_mismatch", detail });
    }
  } finally {
    closeLate(file).catch(() => undefined);
  }
  await letAllRead(share, partialPath, FILE_MODE);
  await share.pass(() => rename(partialPath, path));
  await share.pass(() => syncDirectory(dirname(path)));
  return ok(undefined);
}

const closeLate = (file: FileHandle): Promise<void> => file.close();

type Appending = Pick<Copy, "blob" | "doing" | "options">;

async function append(
  share: Share,
  file: FileHandle,
  { blob, doing, options }: Appending,
): Promise<Result<void>> {
  const { size } = await share.pass(() => file.stat());
  const startByte = size > blob.sizeBytes ? 0 : size;
  await share.pass(() => file.truncate(startByte));
  options.onBytes(startByte);
  const source = await options.open(startByte);
  if (!source.ok) return source;
  let atByte = startByte;
  for await (const piece of source.value) {
    if (isCanceled(options.signal)) return fail(canceled(doing));
    // A stream of bytes gives buffers.
    const bytes = piece as Buffer;
    for (let done = 0; done < bytes.length; ) {
      const at = { from: done, toByte: atByte + done };
      const rest = bytes.length - at.from;
      const { bytesWritten } = await share.pass(() => file.write(bytes, at.from, rest, at.toByte));
      done += bytesWritten;
    }
    atByte += bytes.length;
    options.onBytes(bytes.length);
  }
  return ok(undefined);
}

async function* readPieces(share: Share, file: FileHandle): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  for (let atByte = 0; ; ) {
    const from = atByte;
    const { bytesRead } = await share.pass(() => file.read(buffer, 0, buffer.length, from));
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    atByte += bytesRead;
  }
}

async function problemOf({ share, doing }: Copy, error: unknown): Promise<Problem> {
  const code = isErrnoError(error) ? error.code : "";
  if (READ_ONLY.includes(code)) return { ...fileProblem(doing, error), code: "point_not_writable" };
  if (FULL.includes(code)) return { ...fileProblem(doing, error), code: "disk_full" };
  const problem = await share.explain(doing, error);
  return problem.code === "content_missing" ? { ...problem, code: "point_unreachable" } : problem;
}

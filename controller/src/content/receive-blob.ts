import { createHash } from "node:crypto";
import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { MIB, renderBytes } from "@stickfarm/common/bytes";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { moveIntoPlace, syncDirectory } from "@stickfarm/common/rim/atomic-file";
import { checkDiskRoom } from "@stickfarm/common/rim/disk-room";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import { gather } from "@stickfarm/common/rim/gather";
import { writeAll } from "@stickfarm/common/rim/write-all";

export type Reception = {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** On the same file system as `path`. Gone afterwards, whatever happens. */
  readonly temporaryPath: string;
  readonly path: string;
};

/**
 * A file that was only written to memory takes minutes to sync, in which its sender hears nothing and gives up: large
 * ones go to the disk as they come.
 */
const SYNC_EVERY_BYTES = 64 * MIB;

/**
 * Write a blob to a temporary file, check size and digest, sync it and give it its name. Durable on return.
 *
 * Problems: content_digest_mismatch, disk_full, storage_failed.
 */
export async function receiveBlob(blob: BlobRef, reception: Reception): Promise<Result<void>> {
  const { path, temporaryPath } = reception;
  const size = renderBytes(blob.sizeBytes);
  const doing = `Cannot keep content ${blob.sha256} (${size}) in "${dirname(path)}"`;
  const room = await checkDiskRoom(dirname(temporaryPath), { doing, sizeBytes: blob.sizeBytes });
  if (!room.ok) return room;
  try {
    const file = await open(temporaryPath, "wx", 0o600);
    try {
      const written = await writeChecked(file, { doing, blob, bytes: reception.bytes });
      if (!written.ok) return written;
      await file.sync();
    } finally {
      await file.close();
    }
    await makeDirectory(dirname(path));
    await moveIntoPlace(temporaryPath, path);
    return ok(undefined);
  } catch (error) {
    return fail(fileProblem(doing, error));
  } finally {
    await rm(temporaryPath, { force: true });
  }
}

async function writeChecked(
  file: FileHandle,
  { doing, blob, bytes }: { doing: string; blob: BlobRef; bytes: AsyncIterable<Uint8Array> },
): Promise<Result<void>> {
  const refuse = (is: string): Result<never> =>
    fail({ code: "content_digest_mismatch", detail: `${doing}: ${is}` });
  const hash = createHash("sha256");
  let sizeBytes = 0;
  let unsyncedBytes = 0;
  for await (const chunk of gather(untilBroken(bytes), blob.sizeBytes)) {
    if (sizeBytes + chunk.length > blob.sizeBytes)
      return refuse(`more than the ${blob.sizeBytes} announced bytes came`);
    hash.update(chunk);
    const written = await writeAll(file, chunk, { doing, atByte: sizeBytes });
    if (!written.ok) return written;
    sizeBytes += chunk.length;
    unsyncedBytes += chunk.length;
    if (unsyncedBytes < SYNC_EVERY_BYTES) continue;
    await file.datasync();
    unsyncedBytes = 0;
  }
  if (sizeBytes < blob.sizeBytes)
    return refuse(`${sizeBytes} bytes came, ${blob.sizeBytes} were announced`);
  const sha256 = hash.digest("hex");
  return sha256 === blob.sha256 ? ok(undefined) : refuse(`the bytes that came have ${sha256}`);
}

/** A sender who breaks off has sent too little: that is what is wrong, not how his connection ended. */
async function* untilBroken(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch {
    return;
  }
}

/** A new directory is in its parent for good only when that is synced. */
async function makeDirectory(path: string): Promise<void> {
  const made = await mkdir(path, { recursive: true, mode: 0o700 });
  if (made !== undefined) await syncDirectory(dirname(path));
}

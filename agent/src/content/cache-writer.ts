import { createHash } from "node:crypto";
import { constants, type FileHandle, open, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { MIB, renderBytes } from "@stickfarm/common/bytes";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { syncDirectory } from "@stickfarm/common/rim/atomic-file";
import { checkDiskRoom } from "@stickfarm/common/rim/disk-room";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import { writeAll } from "@stickfarm/common/rim/write-all";
import { listNonZeroRuns } from "./list-non-zero-runs.ts";
import { pieceHashesPath, startPieceHasher } from "./piece-hashes.ts";

const READ_BYTES = MIB;
/** Bytes go to the disk as they come, so that the last sync is short; and so often the room on it is looked at. */
const SYNC_EVERY_BYTES = 64 * MIB;
/**
 * Smaller blobs are left to the kernel: a tree has thousands, and three syncs for each take longer than to fetch it. If
 * the power goes first, the next run finds by the piece hashes that they are not whole.
 */
const SYNC_BYTES_MIN = MIB;

/**
 * Take a blob in where it broke off, or from its beginning. SHA-256 and the piece hashes are computed on the way, once for
 * each workstation. Runs of zeros become holes: they read as zeros and need no disk.
 *
 * Shape:    `<sha256>.partial`, then `<sha256>.pieces`, then `<sha256>`: a blob in place has its piece hashes beside it.
 * Problems: path_unreadable, storage_failed.
 */
export async function openCacheWriter(
  directory: string,
  blob: BlobRef,
): Promise<Result<CacheWriter>> {
  const path = join(directory, blob.sha256);
  const doing = `Cannot keep content ${blob.sha256} (${renderBytes(blob.sizeBytes)}) in "${directory}"`;
  try {
    const flags = constants.O_RDWR | constants.O_CREAT;
    const file = await open(`${path}.partial`, flags, 0o600);
    try {
      const writer = new CacheWriter(file, { path, doing, blob });
      await writer.readWhatIsThere();
      return ok(writer);
    } catch (error) {
      await file.close();
      throw error;
    }
  } catch (error) {
    return fail(fileProblem(doing, error));
  }
}

type Target = { readonly path: string; readonly doing: string; readonly blob: BlobRef };

/** A blob on its way into the cache. Ends with `finish()`, `pause()` or `discard()`. */
export class CacheWriter {
  readonly #file: FileHandle;
  readonly #target: Target;
  readonly #hash = createHash("sha256");
  readonly #pieces = startPieceHasher();
  #atByte = 0;
  /** The file's size. */
  #writtenBytes = 0;
  #unsyncedBytes = 0;

  constructor(file: FileHandle, target: Target) {
    this.#file = file;
    this.#target = target;
  }

  /** Bytes that are there already. */
  get doneBytes(): number {
    return this.#atByte;
  }

  /** What an earlier try left is hashed again: nobody knows what a power cut made of it. */
  async readWhatIsThere(): Promise<void> {
    const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, this.#target.blob.sizeBytes + 1));
    for (;;) {
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, this.#atByte);
      if (bytesRead === 0 || this.#atByte > this.#target.blob.sizeBytes) return;
      this.#note(buffer.subarray(0, bytesRead));
      this.#writtenBytes = this.#atByte;
    }
  }

  /**
   * Write and hash the next bytes.
   *
   * Problems: content_digest_mismatch when they are more than were promised, disk_full, storage_failed.
   */
  async take(bytes: Uint8Array): Promise<Result<void>> {
    const { doing, blob } = this.#target;
    if (this.#atByte + bytes.length > blob.sizeBytes)
      return this.#mismatch(`more than ${blob.sizeBytes} bytes came`);
    for (const [start, end] of listNonZeroRuns(bytes)) {
      const target = { doing, atByte: this.#atByte + start };
      const written = await writeAll(this.#file, bytes.subarray(start, end), target);
      if (!written.ok) return written;
      this.#writtenBytes = this.#atByte + end;
    }
    this.#note(bytes);
    this.#unsyncedBytes += bytes.length;
    return this.#unsyncedBytes < SYNC_EVERY_BYTES ? ok(undefined) : this.#sync();
  }

  /**
   * Give the blob its name, if it is the one that was promised; else nothing of it is left.
   *
   * Problems: content_digest_mismatch, disk_full, storage_failed.
   */
  async finish(): Promise<Result<void>> {
    const { path, doing, blob } = this.#target;
    const sha256 = this.#hash.digest("hex");
    if (this.#atByte !== blob.sizeBytes || sha256 !== blob.sha256) {
      await this.discard();
      return this.#mismatch(`${this.#atByte} bytes with the SHA-256 ${sha256} came`);
    }
    const flush = blob.sizeBytes >= SYNC_BYTES_MIN;
    try {
      // A hole at the end is not in the file's size yet.
      if (this.#writtenBytes < blob.sizeBytes) await this.#file.truncate(blob.sizeBytes);
      if (flush) await this.#file.sync();
      await writeFile(pieceHashesPath(path), this.#pieces.finish(), { mode: 0o600, flush });
      await rename(`${path}.partial`, path);
      if (flush) await syncDirectory(dirname(path));
      return ok(undefined);
    } catch (error) {
      return fail(fileProblem(doing, error));
    } finally {
      await this.#file.close();
    }
  }

  /** Keep what came for the next time. */
  async pause(): Promise<void> {
    await this.#file.close();
  }

  /** Keep nothing. */
  async discard(): Promise<void> {
    await this.#file.close();
    await rm(`${this.#target.path}.partial`, { force: true });
  }

  #note(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#pieces.update(bytes);
    this.#atByte += bytes.length;
  }

  async #sync(): Promise<Result<void>> {
    const { path, doing } = this.#target;
    this.#unsyncedBytes = 0;
    try {
      await this.#file.datasync();
    } catch (error) {
      return fail(fileProblem(doing, error));
    }
    return checkDiskRoom(dirname(path), { doing, sizeBytes: 0 });
  }

  #mismatch(what: string): Result<never> {
    const detail = `${this.#target.doing}: ${what}`;
    return fail({ code: "content_digest_mismatch", detail });
  }
}

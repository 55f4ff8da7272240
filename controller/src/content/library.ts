import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { blobPath } from "@stickfarm/common/media/distribution-point";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { fileProblem, isErrnoError } from "@stickfarm/common/rim/file-problem";
import { type HashOptions, hashFile } from "@stickfarm/common/rim/hash-file";
import { receiveBlob } from "./receive-blob.ts";

/**
 * Content by the SHA-256 of its bytes: `sha256/ab/<sha256>`, written once and never changed. A file that has its name was
 * whole, checked and on the disk before it got it, so that being there is proof enough for everybody who asks.
 */
export type Library = {
  readonly has: (sha256: string) => Promise<boolean>;
  /** Where a blob lies, or would: for programs that read it. */
  readonly pathOf: (sha256: string) => string;
  /** Bytes, or `null` when it is not here. */
  readonly sizeOf: (sha256: string) => Promise<number | null>;
  /**
   * The bytes [startByte, endByte) of a blob. The stream closes its file when it ends or is destroyed.
   *
   * Problems: content_missing, storage_failed.
   */
  readonly openRange: (sha256: string, range: LibraryRange) => Promise<Result<Readable>>;
  /**
   * Take in a blob. Until it is whole and its digest is right nobody sees it; if it fails, nothing is left.
   * Receiving the same blob twice at once is safe; what is here already is not read again.
   *
   * Problems: content_digest_mismatch (digest or size), disk_full, storage_failed.
   */
  readonly receive: (blob: BlobRef, bytes: AsyncIterable<Uint8Array>) => Promise<Result<void>>;
  /** Keep what the controller itself has made. Problems: disk_full, storage_failed. */
  readonly putBytes: (bytes: Uint8Array) => Promise<Result<BlobRef>>;
  /**
   * Hash a blob again. One that changed on the disk is removed, so that adding it again makes it good.
   *
   * Problems: content_missing, content_digest_mismatch, storage_failed, canceled.
   */
  readonly verify: (sha256: string, options?: HashOptions) => Promise<Result<BlobRef>>;
};

export type LibraryRange = { readonly startByte: number; readonly endByte: number };

const READ_BYTES = 256 * 1024;

/**
 * Open the library in a directory, making it if there is none. One process at a time: what a crash left half received
 * is removed.
 *
 * Problems: storage_failed, path_unreadable, disk_full.
 */
export async function openLibrary(directory: string): Promise<Result<Library>> {
  const incoming = join(directory, "incoming");
  try {
    await rm(incoming, { recursive: true, force: true });
    await mkdir(incoming, { recursive: true, mode: 0o700 });
  } catch (error) {
    return fail(fileProblem(`Cannot open the content library "${directory}"`, error));
  }
  const pathOf = (sha256: string): string => join(directory, blobPath(sha256));
  const receive: Library["receive"] = async (blob, bytes) => {
    const path = pathOf(blob.sha256);
    if ((await sizeOfFile(path)) === blob.sizeBytes) return ok(undefined);
    return receiveBlob(blob, { bytes, path, temporaryPath: join(incoming, randomUUID()) });
  };
  return ok({
    pathOf,
    has: async (sha256) => (await sizeOfFile(pathOf(sha256))) !== null,
    sizeOf: (sha256) => sizeOfFile(pathOf(sha256)),
    openRange: (sha256, range) => openFileRange(sha256, pathOf(sha256), range),
    receive,
    putBytes: async (bytes) => {
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const received = await receive({ sha256, sizeBytes: bytes.length }, Readable.from([bytes]));
      return received.ok ? ok({ sha256, sizeBytes: bytes.length }) : received;
    },
    verify: (sha256, options) => verifyFile(sha256, pathOf(sha256), options),
  });
}

/** A disk that cannot even say whether a file is there is a fault that every caller would stop at: it is thrown. */
async function sizeOfFile(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function openFileRange(
  sha256: string,
  path: string,
  { startByte, endByte }: LibraryRange,
): Promise<Result<Readable>> {
  try {
    const file = await open(path, "r");
    if (startByte < endByte)
      return ok(
        file.createReadStream({ start: startByte, end: endByte - 1, highWaterMark: READ_BYTES }),
      );
    // A file stream has no way to say "nothing".
    await file.close();
    return ok(Readable.from([]));
  } catch (error) {
    if (isMissing(error)) return fail(missing(sha256));
    return fail(fileProblem(`Cannot read content ${sha256}`, error));
  }
}

async function verifyFile(
  sha256: string,
  path: string,
  options: HashOptions = {},
): Promise<Result<BlobRef>> {
  const hashed = await hashFile(path, options);
  if (!hashed.ok) return hashed.problem.code === "path_missing" ? fail(missing(sha256)) : hashed;
  const { sizeBytes } = hashed.value;
  if (hashed.value.sha256 === sha256) return ok({ sha256, sizeBytes });
  await rm(path, { force: true });
  const detail = `Cannot use content ${sha256}: its bytes on the disk have ${hashed.value.sha256}; it was removed`;
  return fail({ code: "content_digest_mismatch", detail });
}

function missing(sha256: string): Problem {
  return {
    code: "content_missing",
    detail: `Cannot read content ${sha256}: it is not in the library`,
  };
}

function isMissing(error: unknown): boolean {
  return isErrnoError(error) && error.code === "ENOENT";
}

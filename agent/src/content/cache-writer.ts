import { createHash } from "node:crypto";
import { open, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { moveIntoPlace } from "@stickfarm/common/rim/atomic-file";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import { pieceHashesPath, startPieceHasher } from "./piece-hashes.ts";

/** A blob on its way into the cache. */
export type CacheWriter = {
  /** Bytes that are there already. */
  readonly startByte: number;
  readonly take: (bytes: Uint8Array) => Promise<Result<void>>;
  /**
   * Give the blob its name, durably, if it is the one that was promised; else nothing of it is left.
   *
   * Problems: content_digest_mismatch, disk_full, storage_failed.
   */
  readonly finish: () => Promise<Result<void>>;
  /** Keep what came for the next time. */
  readonly pause: () => Promise<void>;
  /** Keep nothing. */
  readonly discard: () => Promise<void>;
};

const READ_BYTES = 1024 * 1024;
/** Shorter runs of zeros are not worth a hole. */
const HOLE_BYTES_MIN = 4096;

/**
 * Take a blob in where it broke off, or from its beginning. SHA-256 and the piece hashes are computed on the way, once for
 * each workstation. Runs of zeros become holes: they read as zeros and need no disk.
 *
 * Shape:    `<sha256>.partial`, then `<sha256>.pieces`, then `<sha256>`: a blob in place has its piece hashes beside it.
 * Problems: disk_full, path_unreadable, storage_failed.
 */
export async function openCacheWriter(
  directory: string,
  blob: BlobRef,
): Promise<Result<CacheWriter>> {
  const path = join(directory, blob.sha256);
  const partialPath = `${path}.partial`;
  const doing = `Cannot keep content "${blob.sha256}" (${blob.sizeBytes} bytes) in "${directory}"`;
  const hash = createHash("sha256");
  const pieces = startPieceHasher();
  try {
    const file = await open(partialPath, "a+").then(async (made) => {
      await made.close();
      return open(partialPath, "r+");
    });
    let at = 0;
    const note = (bytes: Uint8Array): void => {
      hash.update(bytes);
      pieces.update(bytes);
      at += bytes.length;
    };
    const discard = async (): Promise<void> => {
      await file.close();
      await rm(partialPath, { force: true });
    };
    const there = Math.min((await file.stat()).size, blob.sizeBytes);
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    while (at < there) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, there - at), at);
      if (bytesRead === 0) break;
      note(buffer.subarray(0, bytesRead));
    }
    return ok({
      startByte: at,
      take: async (bytes) => {
        if (at + bytes.length > blob.sizeBytes) return fail(mismatch(doing, "more bytes came"));
        try {
          if (!isHole(bytes)) await file.write(bytes, 0, bytes.length, at);
        } catch (error) {
          return fail(fileProblem(doing, error));
        }
        note(bytes);
        return ok(undefined);
      },
      finish: async () => {
        const sha256 = hash.digest("hex");
        try {
          if (at !== blob.sizeBytes || sha256 !== blob.sha256) {
            await discard();
            return fail(mismatch(doing, `${at} bytes with digest "${sha256}" came`));
          }
          await file.truncate(blob.sizeBytes);
          await file.sync();
          await file.close();
          await writeFile(pieceHashesPath(path), pieces.finish(), { flush: true });
          await moveIntoPlace(partialPath, path);
          return ok(undefined);
        } catch (error) {
          return fail(fileProblem(doing, error));
        }
      },
      pause: () => file.close(),
      discard,
    });
  } catch (error) {
    return fail(fileProblem(doing, error));
  }
}

function mismatch(doing: string, what: string): Problem {
  return { code: "content_digest_mismatch", detail: `${doing}: ${what}` };
}

function isHole(bytes: Uint8Array): boolean {
  if (bytes.length < HOLE_BYTES_MIN) return false;
  return bytes[0] === 0 && Buffer.compare(bytes.subarray(1), bytes.subarray(0, -1)) === 0;
}

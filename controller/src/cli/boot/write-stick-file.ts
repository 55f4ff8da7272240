import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Extent } from "@stickfarm/common/layout/extent";
import type { Layout } from "@stickfarm/common/layout/layout";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { canceled, isCanceled } from "@stickfarm/common/rim/cancel";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import { writeAll } from "@stickfarm/common/rim/write-all";

export type StickFile = {
  /** Must not be there yet. */
  readonly path: string;
  readonly layout: Layout;
  /** File with the bytes that extents take from this blob. */
  readonly blobPath: (sha256: string) => string;
  readonly signal: AbortSignal;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
};

const CHUNK_BYTES = 1024 * 1024;

/**
 * A stick as a file: as long as the drive, with room on the disk only for what is not zero.
 *
 * Shape:    every byte as the layout has it; what no extent covers is zero, as on a stick that was never used.
 * Problems: disk_full, storage_failed, path_missing, content_missing when a blob is shorter than its extent, canceled.
 */
export async function writeStickFile(stick: StickFile): Promise<Result<void>> {
  const { path, layout, onProgress } = stick;
  const doing = `Cannot write "${path}"`;
  try {
    const file = await open(path, "wx", 0o600);
    try {
      await file.truncate(layout.driveBytes);
      for (const extent of layout.extents) {
        if (isCanceled(stick.signal)) return fail(canceled(doing));
        const written = await writeExtent(file, extent, stick);
        if (!written.ok) return written;
        onProgress?.(extent.offsetBytes + extent.lengthBytes, layout.driveBytes);
      }
      return ok(undefined);
    } finally {
      await file.close();
    }
  } catch (error) {
    return fail(fileProblem(doing, error));
  }
}

async function writeExtent(
  file: FileHandle,
  { offsetBytes, lengthBytes, source }: Extent,
  { path, blobPath, signal }: StickFile,
): Promise<Result<void>> {
  const doing = `Cannot write "${path}"`;
  if (source.kind === "zero" || lengthBytes === 0) return ok(undefined);
  if (source.kind === "bytes") return writeAll(file, source.bytes, { doing, atByte: offsetBytes });
  const { sha256, blobOffsetBytes: start } = source;
  const blob = createReadStream(blobPath(sha256), {
    start,
    end: start + lengthBytes - 1,
    highWaterMark: CHUNK_BYTES,
  });
  let doneBytes = 0;
  for await (const chunk of blob) {
    const bytes: Uint8Array = chunk;
    if (isCanceled(signal)) return fail(canceled(doing));
    const target = { doing, atByte: offsetBytes + doneBytes };
    const written = isZero(bytes) ? ok(undefined) : await writeAll(file, bytes, target);
    if (!written.ok) return written;
    doneBytes += bytes.length;
  }
  if (doneBytes === lengthBytes) return ok(undefined);
  return fail({
    code: "content_missing",
    detail: `${doing}: content "${sha256}" gave ${doneBytes} bytes, must give ${lengthBytes}`,
  });
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

import { type FileHandle, open } from "node:fs/promises";
import { invariant } from "@stickfarm/common/invariant";
import type { Extent } from "@stickfarm/common/layout/extent";
import type { Layout } from "@stickfarm/common/layout/layout";
import { layoutFat16 } from "@stickfarm/common/layout/layout-fat16";
import { plantTree } from "@stickfarm/common/layout/plant-tree";
import type { TreeFile } from "@stickfarm/common/media/manifest";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import { writeAll } from "@stickfarm/common/rim/write-all";

export type BootVolume = {
  readonly files: readonly TreeFile[];
  /** FAT volume id, 32 bits. */
  readonly volumeId: number;
  /** FAT label. */
  readonly volumeLabel: string;
};

const COPY_BYTES = 1024 * 1024;

/**
 * What UEFI firmware starts a disc from, as FAT.
 *
 * Problems: boot_code_unfit when the files have more than 2 GiB.
 */
export function layoutBootVolume(volume: BootVolume): Result<Layout> {
  const files = volume.files.map(({ path, blob, modifiedAtMs }) => ({
    path,
    modifiedAtMs,
    sizeBytes: blob.sizeBytes,
    content: { kind: "blob" as const, sha256: blob.sha256 },
  }));
  const layout = layoutFat16({ directories: plantTree(files, []), files }, volume);
  if (layout !== null) return ok(layout);
  const detail = 'Cannot start a disc by UEFI: the folder "EFI" must have at most 2 GiB';
  return fail({ code: "boot_code_unfit", detail });
}

/** Write a layout into a new file. Problems: disk_full, storage_failed, path_missing. */
export async function writeLayoutFile(
  path: string,
  layout: Layout,
  blobPath: (sha256: string) => string,
): Promise<Result<void>> {
  const doing = `Cannot write "${path}"`;
  try {
    const file = await open(path, "wx", 0o600);
    try {
      await file.truncate(layout.driveBytes);
      for (const extent of layout.extents) {
        const written = await writeExtent(file, extent, { doing, blobPath });
        if (!written.ok) return written;
      }
      return ok(undefined);
    } finally {
      await file.close();
    }
  } catch (error) {
    return fail(fileProblem(doing, error));
  }
}

type Writing = { readonly doing: string; readonly blobPath: (sha256: string) => string };

async function writeExtent(
  file: FileHandle,
  { offsetBytes, lengthBytes, source }: Extent,
  { doing, blobPath }: Writing,
): Promise<Result<void>> {
  if (source.kind === "zero") return ok(undefined);
  if (source.kind === "bytes") return writeAll(file, source.bytes, { doing, atByte: offsetBytes });
  const blob = await open(blobPath(source.sha256), "r");
  try {
    const buffer = Buffer.allocUnsafe(Math.min(COPY_BYTES, lengthBytes));
    for (let doneBytes = 0; doneBytes < lengthBytes; ) {
      const { bytesRead } = await blob.read(buffer, 0, buffer.length, doneBytes);
      invariant(bytesRead > 0, "a blob was checked to have its size");
      const bytes = buffer.subarray(0, bytesRead);
      const written = await writeAll(file, bytes, { doing, atByte: offsetBytes + doneBytes });
      if (!written.ok) return written;
      doneBytes += bytesRead;
    }
    return ok(undefined);
  } finally {
    await blob.close();
  }
}

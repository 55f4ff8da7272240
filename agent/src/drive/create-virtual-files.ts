import { lstat, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { VirtualDriveSource } from "./parse-virtual-drive.ts";

/**
 * Make the files of virtual drives that are not there yet, as holes of their size. What is there is never changed: not
 * its size, not its content.
 *
 * Problems: usage, when a file is missing and has no size, or exists with another one; disk_full; path_unreadable.
 */
export async function createVirtualFiles(
  sources: readonly VirtualDriveSource[],
): Promise<Result<void>> {
  for (const source of sources) {
    if (source.kind === "device") continue;
    const created = await createVirtualFile(source);
    if (!created.ok) return created;
  }
  return ok(undefined);
}

async function createVirtualFile({ path, sizeBytes }: VirtualDriveSource): Promise<Result<void>> {
  const cannot = `Cannot offer the file "${path}" as a drive`;
  try {
    const isBytes = await sizeOf(path);
    if (isBytes !== null) {
      if (sizeBytes === null || sizeBytes === isBytes) return ok(undefined);
      const detail = `${cannot}: it holds ${isBytes} bytes, must be ${sizeBytes} or have no size given`;
      return fail({ code: "usage", detail });
    }
    if (sizeBytes === null) {
      return fail({ code: "usage", detail: `${cannot}: it is not there and has no size given` });
    }
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    // "wx": whatever came into being since then is not ours.
    await using file = await open(path, "wx", 0o600);
    await file.truncate(sizeBytes);
    return ok(undefined);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException; // node:fs throws nothing else.
    const isFull = code === "ENOSPC" || code === "EFBIG";
    return fail({
      code: isFull ? "disk_full" : "path_unreadable",
      detail: `${cannot}: ${message}`,
      cause: error,
    });
  }
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await lstat(path)).size;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // node:fs throws nothing else.
    if (code === "ENOENT") return null;
    throw error;
  }
}

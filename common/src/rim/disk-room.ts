import { statfs } from "node:fs/promises";
import { renderBytes } from "../bytes.ts";
import { fail, ok, type Result } from "../result.ts";
import { fileProblem } from "./file-problem.ts";

/** Left free on every disk that content goes to: the database and the journal beside it matter more. */
const RESERVE_BYTES = 64 * 1024 * 1024;

/**
 * Whether a disk has room for so many more bytes, asked before the first of them is written.
 *
 * Problems: disk_full with all sizes, storage_failed.
 */
export async function checkDiskRoom(
  directory: string,
  needed: { readonly doing: string; readonly sizeBytes: number },
): Promise<Result<void>> {
  try {
    const { bavail, bsize } = await statfs(directory);
    const freeBytes = bavail * bsize;
    if (freeBytes >= needed.sizeBytes + RESERVE_BYTES) return ok(undefined);
    const detail = `${needed.doing}: it has ${renderBytes(needed.sizeBytes)}, but of the ${renderBytes(freeBytes)} that are free in "${directory}" ${renderBytes(RESERVE_BYTES)} must stay free`;
    return fail({ code: "disk_full", detail });
  } catch (error) {
    return fail(fileProblem(needed.doing, error));
  }
}

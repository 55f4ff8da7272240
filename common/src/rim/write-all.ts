import { fail, ok, type Result } from "../result.ts";
import { fileProblem } from "./file-problem.ts";

/** The part of a FileHandle that is used here. */
type Writable = {
  readonly write: (
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ) => Promise<{ readonly bytesWritten: number }>;
};

/**
 * Write all of the bytes at a position; the operating system may take them in parts.
 *
 * Problems: disk_full, storage_failed.
 */
export async function writeAll(
  file: Writable,
  bytes: Uint8Array,
  target: { readonly doing: string; readonly atByte: number },
): Promise<Result<void>> {
  try {
    let done = 0;
    while (done < bytes.length) {
      const { bytesWritten } = await file.write(
        bytes,
        done,
        bytes.length - done,
        target.atByte + done,
      );
      done += bytesWritten;
    }
    return ok(undefined);
  } catch (error) {
    return fail(fileProblem(target.doing, error));
  }
}

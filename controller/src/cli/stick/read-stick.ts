import { constants } from "node:fs";
import { type FileHandle, open, readFile } from "node:fs/promises";
import type { ReadBytes } from "@stickfarm/common/layout/read-bytes";
import { fail, type Result } from "@stickfarm/common/result";
import { fileProblem } from "@stickfarm/common/rim/file-problem";

export type StickSize = {
  readonly isFile: boolean;
  /** 0 for a drive that does not tell. */
  readonly sizeBytes: number;
};

/**
 * Do something with a drive or a file that is opened for reading only.
 *
 * Problems: path_missing, path_unreadable, stick_unknown, stick_damaged where it cannot be read, those of the body.
 */
export async function readStick<Out>(
  path: string,
  body: (read: ReadBytes, size: StickSize) => Promise<Result<Out>>,
): Promise<Result<Out>> {
  let readAt: number | null = null;
  try {
    // A pipe without a writer must not hold us up.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const status = await handle.stat();
      if (!status.isFile() && !status.isBlockDevice()) {
        const detail = `Cannot read "${path}": it is neither a file nor a drive`;
        return fail({ code: "stick_unknown", detail });
      }
      const read: ReadBytes = async (offsetBytes, lengthBytes) => {
        readAt = offsetBytes;
        const bytes = await readAll(handle, offsetBytes, lengthBytes);
        readAt = null;
        return bytes;
      };
      const isFile = status.isFile();
      const sizeBytes = isFile ? status.size : await deviceBytes(status.rdev);
      return await body(read, { isFile, sizeBytes });
    } finally {
      await handle.close();
    }
  } catch (error) {
    // A drive fails in words that Node does not know, too.
    if (readAt !== null && error instanceof Error) {
      const detail = `Cannot read "${path}" at byte ${readAt}: ${error.message}`;
      return fail({ code: "stick_damaged", detail, cause: error });
    }
    return fail(fileProblem(`Cannot read "${path}"`, error));
  }
}

/** A drive gives what lies before a bad block, and the error when it is asked again. */
async function readAll(
  handle: FileHandle,
  offsetBytes: number,
  lengthBytes: number,
): Promise<Uint8Array> {
  const bytes = Buffer.alloc(lengthBytes);
  let doneBytes = 0;
  while (doneBytes < lengthBytes) {
    const { bytesRead } = await handle.read(
      bytes,
      doneBytes,
      lengthBytes - doneBytes,
      offsetBytes + doneBytes,
    );
    if (bytesRead === 0) break;
    doneBytes += bytesRead;
  }
  return bytes.subarray(0, doneBytes);
}

/** The kernel counts in 512 bytes, whatever the drive's block is. Source: makedev(3), sysfs-block. */
async function deviceBytes(rdev: number): Promise<number> {
  const [major, minor] = [(rdev >>> 8) & 0xfff, (rdev & 0xff) | ((rdev >>> 12) & 0xfff00)];
  const text = await readFile(`/sys/dev/block/${major}:${minor}/size`, "utf8").catch(() => "0");
  return Number(text) * 512;
}

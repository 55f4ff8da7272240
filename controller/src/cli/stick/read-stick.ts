import { constants } from "node:fs";
import { open, readFile } from "node:fs/promises";
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
 * Problems: path_missing, path_unreadable, path_not_content, those of the body.
 */
export async function readStick<Out>(
  path: string,
  body: (read: ReadBytes, size: StickSize) => Promise<Result<Out>>,
): Promise<Result<Out>> {
  try {
    // A pipe without a writer must not hold us up.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const status = await handle.stat();
      if (!status.isFile() && !status.isBlockDevice()) {
        const detail = `Cannot read "${path}": it is neither a file nor a drive`;
        return fail({ code: "path_not_content", detail });
      }
      const read: ReadBytes = async (offsetBytes, lengthBytes) => {
        const { buffer, bytesRead } = await handle.read(
          Buffer.alloc(lengthBytes),
          0,
          lengthBytes,
          offsetBytes,
        );
        return buffer.subarray(0, bytesRead);
      };
      const isFile = status.isFile();
      const sizeBytes = isFile ? status.size : await deviceBytes(status.rdev);
      return await body(read, { isFile, sizeBytes });
    } finally {
      await handle.close();
    }
  } catch (error) {
    return fail(fileProblem(`Cannot read "${path}"`, error));
  }
}

/** The kernel counts in 512 bytes, whatever the drive's block is. Source: makedev(3), sysfs-block. */
async function deviceBytes(rdev: number): Promise<number> {
  const [major, minor] = [(rdev >>> 8) & 0xfff, (rdev & 0xff) | ((rdev >>> 12) & 0xfff00)];
  const text = await readFile(`/sys/dev/block/${major}:${minor}/size`, "utf8").catch(() => "0");
  return Number(text) * 512;
}

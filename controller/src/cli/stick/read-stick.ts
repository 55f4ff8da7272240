import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { ReadBytes } from "@stickfarm/common/layout/read-bytes";
import { fail, type Result } from "@stickfarm/common/result";
import { fileProblem } from "@stickfarm/common/rim/file-problem";

/**
 * Do something with a drive or a file that is opened for reading only. `fileBytes` is null for a drive.
 *
 * Problems: path_missing, path_unreadable, path_not_content, those of the body.
 */
export async function readStick<Out>(
  path: string,
  body: (read: ReadBytes, fileBytes: number | null) => Promise<Result<Out>>,
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
      return await body(read, status.isFile() ? status.size : null);
    } finally {
      await handle.close();
    }
  } catch (error) {
    return fail(fileProblem(`Cannot read "${path}"`, error));
  }
}

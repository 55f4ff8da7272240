import { constants, type FileHandle, open, stat } from "node:fs/promises";
import { join } from "node:path";
import { blobPath } from "../media/distribution-point.ts";
import type { Problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import { isErrnoError } from "./file-problem.ts";
import { type Gate, openGate } from "./gate.ts";
import { pointProblem } from "./point-client.ts";

/**
 * A distribution point that is a folder or a mounted share. It is asked for one thing after the other: a share that hangs
 * holds one thread of this process, and not all of them.
 */
export type Share = {
  readonly path: string;
  /**
   * A blob that is there, to be closed. `doing` is the first half of each problem's sentence.
   *
   * Problems: content_missing, point_unreachable, point_unreadable.
   */
  readonly openBlob: (sha256: string, doing: string) => Promise<Result<ShareBlob>>;
  /** What a file operation on the share comes to. Problems: the same. */
  readonly explain: (doing: string, error: unknown) => Promise<Problem>;
  readonly pass: Gate["pass"];
};

export type ShareBlob = {
  readonly sizeBytes: number;
  /** To the end of the file; a piece is valid until the next one is asked for. What goes wrong is thrown. */
  readonly read: (startByte: number) => AsyncGenerator<Uint8Array>;
  readonly close: () => void;
};

const READ_BYTES = 1024 * 1024;

export function openShare(path: string, silenceMaxMs: number): Share {
  const { pass } = openGate(silenceMaxMs);
  const explain: Share["explain"] = (doing, error) => explainError(doing, error, { path, pass });
  return {
    path,
    pass,
    explain,
    openBlob: async (sha256, doing) => {
      // Without O_NONBLOCK a named pipe would hold us until somebody writes into it.
      const flags = constants.O_RDONLY | constants.O_NONBLOCK;
      try {
        const opening = () => open(join(path, blobPath(sha256)), flags);
        const file = await pass(opening, (late) => late.close());
        return await pass(() => file.stat()).then(
          ({ size }) => ok(blobOf(file, size, pass)),
          async (error: unknown) => {
            letGo(file);
            return fail(await explain(doing, error));
          },
        );
      } catch (error) {
        return fail(await explain(doing, error));
      }
    },
  };
}

function blobOf(file: FileHandle, sizeBytes: number, pass: Gate["pass"]): ShareBlob {
  return {
    sizeBytes,
    read: async function* read(startByte) {
      const buffer = Buffer.allocUnsafe(READ_BYTES);
      for (let atByte = startByte; ; ) {
        const { bytesRead } = await pass(() => file.read(buffer, 0, buffer.length, atByte));
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
        atByte += bytesRead;
      }
    },
    close: () => letGo(file),
  };
}

/** On a share that hangs this never ends, and nobody waits for it. */
function letGo(file: FileHandle): void {
  file.close().catch(() => undefined);
}

async function explainError(
  doing: string,
  error: unknown,
  { path, pass }: { readonly path: string; readonly pass: Gate["pass"] },
): Promise<Problem> {
  const code = isErrnoError(error) ? error.code : "";
  if (code === "EACCES" || code === "EPERM")
    return { ...pointProblem(doing, error, undefined), code: "point_unreadable" };
  if (code !== "ENOENT" && code !== "ENOTDIR") return pointProblem(doing, error, undefined);
  const isThere = await pass(() => stat(path)).then(
    () => true,
    () => false,
  );
  if (isThere) return { code: "content_missing", detail: `${doing}: it is not in "${path}"` };
  const detail = `${doing}: the folder "${path}" is not there, must be on this machine`;
  return { code: "point_unreachable", detail };
}

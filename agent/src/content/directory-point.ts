import { constants, type FileHandle, open, stat } from "node:fs/promises";
import { join } from "node:path";
import { blobPath, type DirectoryPlace } from "@stickfarm/common/media/distribution-point";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import type { Problem } from "@stickfarm/common/problem";
import { fail, type Result } from "@stickfarm/common/result";
import { canceled, isCanceled } from "@stickfarm/common/rim/cancel";
import { isErrnoError } from "@stickfarm/common/rim/file-problem";
import { pointProblem } from "@stickfarm/common/rim/point-client";
import { type BlobServer, pour, type ReadOptions } from "./blob-server.ts";
import { openGate } from "./gate.ts";
import { keepPace } from "./keep-pace.ts";

export type DirectoryPointOptions = {
  readonly name: string;
  readonly place: DirectoryPlace;
  /** A share that gives no answer for this long counts as gone. */
  readonly silenceMaxMs: number;
};

const READ_BYTES = 1024 * 1024;

/**
 * A distribution point that is a folder or a mounted share. Its files are asked for one piece after the other: a share
 * that hangs holds one thread of this process, and not all of them.
 */
export function openDirectoryPoint(options: DirectoryPointOptions): BlobServer {
  const { name, place, silenceMaxMs } = options;
  const gate = openGate(silenceMaxMs);
  return {
    name,
    read: async (blob, startByte, readOptions) => {
      const where = `Cannot fetch content ${blob.sha256} from distribution point "${name}"`;
      const path = join(place.path, blobPath(blob.sha256));
      try {
        // Without O_NONBLOCK a named pipe would hold us until somebody writes into it.
        const opening = () => open(path, constants.O_RDONLY | constants.O_NONBLOCK);
        const file = await gate.pass(opening, (late) => late.close());
        try {
          const { size } = await gate.pass(() => file.stat());
          if (size !== blob.sizeBytes) return fail(wrongSize(where, size, blob));
          return await takeFile(readPieces(file, startByte, gate.pass), readOptions, where);
        } finally {
          // On a share that hangs this would never end.
          void file.close().catch(() => undefined);
        }
      } catch (error) {
        return fail(await problemOf(error, { where, path: place.path, pass: gate.pass }));
      }
    },
    close: () => undefined,
  };
}

type Pass = ReturnType<typeof openGate>["pass"];

function wrongSize(where: string, isBytes: number, { sizeBytes }: BlobRef): Problem {
  const detail = `${where}: it has ${isBytes} bytes there, must have ${sizeBytes}`;
  return { code: "content_digest_mismatch", detail };
}

async function* readPieces(
  file: FileHandle,
  startByte: number,
  pass: Pass,
): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  for (let atByte = startByte; ; ) {
    const { bytesRead } = await pass(() => file.read(buffer, 0, buffer.length, atByte));
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    atByte += bytesRead;
  }
}

async function takeFile(
  pieces: AsyncIterable<Uint8Array>,
  { take, signal, pace }: ReadOptions,
  where: string,
): Promise<Result<void>> {
  const takeUnlessCanceled = async (bytes: Uint8Array): Promise<Result<void>> =>
    isCanceled(signal) ? fail(canceled(where)) : take(bytes);
  return pour(keepPace(pieces, pace), takeUnlessCanceled);
}

type Place = { readonly where: string; readonly path: string; readonly pass: Pass };

async function problemOf(error: unknown, { where, path, pass }: Place): Promise<Problem> {
  const code = isErrnoError(error) ? error.code : "";
  if (code === "EACCES" || code === "EPERM")
    return { ...pointProblem(where, error, undefined), code: "point_unreadable" };
  if (code !== "ENOENT" && code !== "ENOTDIR") return pointProblem(where, error, undefined);
  const isThere = await pass(() => stat(path)).then(
    () => true,
    () => false,
  );
  if (isThere) return { code: "content_missing", detail: `${where}: it is not in "${path}"` };
  const detail = `${where}: the folder "${path}" is not there, must be on this machine`;
  return { code: "point_unreachable", detail };
}

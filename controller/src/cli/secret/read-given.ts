import { createReadStream } from "node:fs";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import { Secret } from "@stickfarm/common/secret";
import type { Session } from "../shell/session.ts";

/** The wire's bound; more than this is no password. */
const SECRET_BYTES_MAX = 4096;

type Given = {
  readonly file: string | undefined;
  /** First half of every problem's sentence: "Cannot set secret "media/hq"". */
  readonly doing: string;
};

/**
 * A secret value from a file or a pipe; `null` when neither is given, so that a person must be asked.
 *
 * Shape:    one line end at the end is not part of the value; editors and `echo` add it.
 * Problems: usage, path_missing, path_unreadable.
 */
export async function readGiven(
  session: Session,
  { file, doing }: Given,
): Promise<Result<Secret> | null> {
  const { stdin } = session.io;
  if (file !== undefined) return trimSecret(doing, await readFileBytes(file));
  return stdin.isTTY === true ? null : trimSecret(doing, await collectBytes(stdin));
}

/** Problems: usage for nothing, and for what is too long. */
export function trimSecret(doing: string, read: Result<Buffer>): Result<Secret> {
  if (!read.ok) return read;
  const bytes = read.value;
  const ending = bytes.at(-1) === 0x0a ? (bytes.at(-2) === 0x0d ? 2 : 1) : 0;
  const value = bytes.subarray(0, bytes.length - ending);
  if (value.length === 0) return refuse(doing, "the value is empty");
  if (value.length > SECRET_BYTES_MAX)
    return refuse(doing, `the value has more than ${SECRET_BYTES_MAX} bytes`);
  return ok(new Secret(value));
}

/** Bounded, so that a wrong pipe does not fill the memory. */
async function collectBytes(stream: AsyncIterable<Uint8Array | string>): Promise<Result<Buffer>> {
  const chunks: Buffer[] = [];
  let byteCount = 0;
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk));
    byteCount += chunk.length;
    if (byteCount > SECRET_BYTES_MAX + 2) break;
  }
  return ok(Buffer.concat(chunks));
}

async function readFileBytes(path: string): Promise<Result<Buffer>> {
  try {
    return await collectBytes(createReadStream(path));
  } catch (error) {
    return fail(fileProblem(`Cannot read the secret from "${path}"`, error));
  }
}

function refuse(doing: string, why: string): Result<never> {
  return fail({ code: "usage", detail: `${doing}: ${why}` });
}

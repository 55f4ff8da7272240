import { createReadStream } from "node:fs";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import { Secret } from "@stickfarm/common/secret";
import { readHiddenLine } from "../shell/read-hidden-line.ts";
import type { Session } from "../shell/session.ts";

/** The wire's bound; more than this is no password. */
const SECRET_BYTES_MAX = 4096;

/**
 * A value from a file, from a person who types it twice unseen, or from a pipe. Never from the command line, where every
 * user of the machine can read it.
 *
 * Shape:    one line end at the end is not part of the value; editors and `echo` add it.
 * Problems: usage, path_missing, path_unreadable; `null` when the person gave up.
 */
export async function readSecret(
  session: Session,
  { name, file }: { readonly name: string; readonly file: string | undefined },
): Promise<Result<Secret | null>> {
  const { stdin } = session.io;
  if (file !== undefined) return trimSecret(name, await readFileBytes(file));
  if (stdin.isTTY !== true) return trimSecret(name, await collectBytes(stdin));
  const first = await readHiddenLine(session.io, `Value of secret "${name}": `);
  if (first === null) return ok(null);
  const second = await readHiddenLine(session.io, "The same again: ");
  if (second === null) return ok(null);
  if (first === second) return trimSecret(name, ok(Buffer.from(first)));
  return refuse(name, "the two values that were typed differ");
}

function trimSecret(name: string, read: Result<Buffer>): Result<Secret> {
  if (!read.ok) return read;
  const bytes = read.value;
  const ending = bytes.at(-1) === 0x0a ? (bytes.at(-2) === 0x0d ? 2 : 1) : 0;
  const value = bytes.subarray(0, bytes.length - ending);
  if (value.length === 0) return refuse(name, "the value is empty");
  if (value.length > SECRET_BYTES_MAX)
    return refuse(name, `the value has more than ${SECRET_BYTES_MAX} bytes`);
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

function refuse(name: string, why: string): Result<never> {
  return fail({ code: "usage", detail: `Cannot set secret "${name}": ${why}` });
}

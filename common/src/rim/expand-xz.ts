import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { type ByteSource, type ExpandInput, unreadable } from "./byte-source.ts";
import { streamTool } from "./run-tool.ts";
import type { FindTool } from "./tools.ts";

/** `xz -9` wants 65 MiB; a header may ask for 4 GiB. */
const MEMORY_MAX = "1GiB";

export async function* expandXz(input: ExpandInput, findTool: FindTool): ByteSource {
  const xz = await findTool("xz");
  if (xz === null) return yield* expandXzHere(input);
  return yield* streamTool({
    ...input,
    path: xz,
    args: ["--decompress", "--stdout", "--threads=0", `--memlimit-decompress=${MEMORY_MAX}`],
    inputPath: input.path,
  });
}

async function* expandXzHere({ path, doing }: ExpandInput): ByteSource {
  const { default: xz } = await import("xz-decompress");
  try {
    yield* new xz.XzReadableStream(Readable.toWeb(createReadStream(path)));
    return null;
  } catch (error) {
    const code = error instanceof Error ? / error code (\d)$/.exec(error.message)?.[1] : undefined;
    return unreadable(doing, code === undefined ? error : (MEANINGS[code] ?? error));
  }
}

/** Source: xz.h of XZ Embedded, enum xz_ret; the package passes the bare number on. */
const MEANINGS: Readonly<Record<string, string>> = {
  "3": "not enough memory",
  "4": "it needs more memory than is allowed",
  "5": "not an xz file",
  "6": "it uses a check or a filter that only the program xz knows, install xz-utils",
  "7": "compressed data is corrupt",
  "8": "unexpected end of input",
};

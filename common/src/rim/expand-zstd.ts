import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import * as zlib from "node:zlib";
import { type ByteSource, decodeStream, type ExpandInput } from "./byte-source.ts";
import { streamTool } from "./run-tool.ts";
import type { FindTool } from "./tools.ts";

export async function* expandZstd(input: ExpandInput, findTool: FindTool): ByteSource {
  const zstd = await findTool("zstd");
  if (zstd === null) return yield* expandZstdHere(input);
  return yield* streamTool({
    ...input,
    path: zstd,
    args: ["--decompress", "--stdout", "--quiet"],
    inputPath: input.path,
  });
}

function expandZstdHere({ path, doing }: ExpandInput): ByteSource {
  const createDecompress = findNodeDecoder();
  return decodeStream(doing, () =>
    createDecompress === null
      ? expandInScript(path)
      : pipeline(createReadStream(path), createDecompress(), () => undefined),
  );
}

/** Node has had one since 22.15; ours must run on 20, whose types do not know it. */
function findNodeDecoder(): (() => zlib.Gunzip) | null {
  const create: unknown = Reflect.get(zlib, "createZstdDecompress");
  // A zlib stream as all others: the same constructor family, documented beside createGunzip.
  return typeof create === "function" ? (create as () => zlib.Gunzip) : null;
}

/**
 * Four input bytes can stand for a block of 128 KiB, and the package decodes all it is given at once: small spoonfuls
 * bound what a hostile file can make of one of them to 32 MiB.
 */
const SPOONFUL_BYTES = 1024;

/** Does not look at the frames' checksums; the expanded image's own SHA-256 is what the agent relies on. */
async function* expandInScript(path: string): AsyncGenerator<Uint8Array> {
  const { Decompress } = await import("fzstd");
  const ready: Uint8Array[] = [];
  const decoder = new Decompress((bytes) => ready.push(bytes));
  for await (const chunk of createReadStream(path)) {
    for (let at = 0; at < chunk.length; at += SPOONFUL_BYTES) {
      decoder.push(chunk.subarray(at, at + SPOONFUL_BYTES));
      yield* ready.splice(0);
    }
  }
  decoder.push(new Uint8Array(0), true);
  yield* ready;
}

import { createReadStream } from "node:fs";
import { type ByteSource, decodeStream, type ExpandInput } from "./byte-source.ts";
import { streamTool } from "./run-tool.ts";
import type { FindTool } from "./tools.ts";

export async function* expandBzip2(input: ExpandInput, findTool: FindTool): ByteSource {
  const bzip2 = await findTool("bzip2");
  if (bzip2 === null) return yield* decodeStream(input.doing, () => expandInScript(input.path));
  return yield* streamTool({
    ...input,
    path: bzip2,
    args: ["--decompress", "--stdout"],
    inputPath: input.path,
  });
}

/** What a block of so many hundred thousand bytes may take up compressed. Source: unbzip2-stream's index.js. */
const blockInputMaxBytes = (level: number): number => 25_000 + 100_000 * level;

/**
 * Block after block, each as soon as it is read whole. The package's own stream decodes all that it holds before anybody
 * can say stop, and a few bytes of bzip2 hold a gigabyte of zeros; a single block holds 46 MB at most.
 */
async function* expandInScript(path: string): AsyncGenerator<Uint8Array> {
  const { default: bzip2 } = await import("unbzip2-stream/lib/bzip2.js");
  const { default: iterateBits } = await import("unbzip2-stream/lib/bit_iterator.js");
  const input = queueInput(createReadStream(path));
  await input.fill(4);
  const bits = iterateBits(input.take);
  let level = 0;
  let checksum = 0;
  while (level > 0 || (await input.fill(bits.bytesRead + 4))) {
    if (level === 0) {
      level = bzip2.header(bits);
      checksum = 0;
    }
    await input.fill(bits.bytesRead + blockInputMaxBytes(level));
    const output = collectBytes();
    const next = bzip2.decompress(
      bits,
      output.push,
      new Int32Array(level * 100_000),
      level * 100_000,
      checksum,
    );
    if (next === null) level = 0;
    else checksum = next;
    yield output.take();
  }
}

type InputQueue = {
  /** Read until so many bytes have come from the start of the file; false when it ends before. */
  readonly fill: (totalBytes: number) => Promise<boolean>;
  readonly take: () => Uint8Array;
};

function queueInput(file: AsyncIterable<Uint8Array>): InputQueue {
  const chunks = file[Symbol.asyncIterator]();
  const waiting: Uint8Array[] = [];
  let totalBytes = 0;
  return {
    fill: async (wantedBytes) => {
      while (totalBytes < wantedBytes) {
        const next = await chunks.next();
        if (next.done === true) return false;
        waiting.push(next.value);
        totalBytes += next.value.length;
      }
      return true;
    },
    take: () => {
      const bytes = waiting.shift();
      if (bytes === undefined) throw new Error("unexpected end of input");
      return bytes;
    },
  };
}

function collectBytes(): { push: (byte: number) => void; take: () => Uint8Array } {
  let bytes = new Uint8Array(1024 * 1024);
  let count = 0;
  return {
    push: (byte) => {
      if (count === bytes.length) {
        const larger = new Uint8Array(bytes.length * 2);
        larger.set(bytes);
        bytes = larger;
      }
      bytes[count++] = byte;
    },
    take: () => bytes.subarray(0, count),
  };
}

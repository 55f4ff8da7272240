import { expect, test } from "vitest";
import { gather } from "./gather.ts";

const PIECE = 256 * 1024;

test("gather() gives the same bytes in pieces of 256 KiB", async () => {
  const bytes = Buffer.alloc(3 * PIECE + 5, "0123456789abc");
  for (const chunkBytes of [16_384, 300_003, 2 * PIECE, bytes.length]) {
    const pieces = await take(gather(inChunks(bytes, chunkBytes), bytes.length));
    expect(pieces.map(({ length }) => length)).toEqual([PIECE, PIECE, PIECE, 5]);
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
  }
});

test("gather() takes no more memory than the bytes need, and gets more than were announced", async () => {
  const pieces = await take(gather(inChunks(Buffer.from("0123456789"), 3), 4));
  expect(pieces.map(String)).toEqual(["0123", "4567", "89"]);
  expect(await take(gather(inChunks(Buffer.alloc(0), 1), 0))).toEqual([]);
});

test("gather() gives what came before the source broke", async () => {
  async function* breaking() {
    yield Buffer.from("first");
    throw new Error("broke");
  }
  const seen: string[] = [];
  const gathering = async () => {
    for await (const piece of gather(breaking(), 100)) seen.push(String(piece));
  };
  await expect(gathering()).rejects.toThrow("broke");
  expect(seen).toEqual(["first"]);
});

test("gather() ends the source when its reader leaves", async () => {
  let ended = false;
  async function* endless() {
    try {
      for (;;) yield Buffer.alloc(PIECE);
    } finally {
      ended = true;
    }
  }
  for await (const piece of gather(endless(), PIECE)) if (piece.length > 0) break;
  expect(ended).toBe(true);
});

async function* inChunks(bytes: Buffer, chunkBytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

async function take(pieces: AsyncIterable<Uint8Array>): Promise<Buffer[]> {
  const taken: Buffer[] = [];
  for await (const piece of pieces) taken.push(Buffer.from(piece));
  return taken;
}

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PIECE_BYTES } from "@stickfarm/common/layout/extent";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { pieceHashesPath, readPieceHashes, startPieceHasher } from "./piece-hashes.ts";
import { openXxh64 } from "./xxh64.ts";

const blob = Buffer.alloc(3 * PIECE_BYTES + 1000, "a line that repeats\n");

test("startPieceHasher() gives the same hashes whatever the chunks are", () => {
  for (const chunkBytes of [blob.length, 65_536, 1_000_003, 77_777]) {
    const hasher = startPieceHasher();
    for (let at = 0; at < blob.length; at += chunkBytes) {
      hasher.update(blob.subarray(at, at + chunkBytes));
    }
    expect(Buffer.from(hasher.finish())).toEqual(expectedHashes(blob));
  }
});

test("startPieceHasher() grows with the blob", () => {
  const hasher = startPieceHasher();
  const piece = Buffer.alloc(PIECE_BYTES);
  for (let index = 0; index < 200; index += 1) hasher.update(piece);
  const hashes = Buffer.from(hasher.finish());
  expect(hashes.length).toBe(1600);
  expect(hashes.subarray(1592)).toEqual(hashes.subarray(0, 8));
});

test("startPieceHasher() gives nothing for an empty blob", () => {
  expect(startPieceHasher().finish()).toHaveLength(0);
});

test("readPieceHashes() reads what startPieceHasher() gave", async () => {
  const path = join(await makeTemporaryFolder(onTestFinished), "blob");
  await writeFile(pieceHashesPath(path), expectedHashes(blob));
  const read = readPieceHashes(path, blob.length);
  if (!read.ok) throw new Error(read.problem.detail);
  expect(read.value.count).toBe(4);
  expect(read.value.expected(3)).toBe(expectedHashes(blob).readBigUInt64LE(24));
});

test("readPieceHashes() calls a missing or short sidecar a corrupt cache", async () => {
  const path = join(await makeTemporaryFolder(onTestFinished), "short");
  expect(readPieceHashes(path, blob.length)).toMatchObject({
    problem: { code: "cache_corrupt" },
  });
  await writeFile(pieceHashesPath(path), expectedHashes(blob).subarray(0, 24));
  expect(readPieceHashes(path, blob.length)).toMatchObject({
    problem: { code: "cache_corrupt" },
  });
});

function expectedHashes(bytes: Buffer): Buffer {
  const xxh64 = openXxh64(bytes.length);
  xxh64.memory.set(bytes);
  const hashes = Buffer.alloc(Math.ceil(bytes.length / PIECE_BYTES) * 8);
  for (let at = 0, out = 0; at < bytes.length; at += PIECE_BYTES) {
    out = hashes.writeBigUInt64LE(xxh64.hash(at, Math.min(PIECE_BYTES, bytes.length - at)), out);
  }
  return hashes;
}

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import wabt from "wabt";
import { openXxh64 } from "./xxh64.ts";

/** Vectors need SSE4.1, which old workstations and the plainest virtual ones lack. */
const FOR_ANY_PROCESSOR = { simd: false };

test("XXH64_WASM is xxh64.wat compiled for any processor (`vitest -u` writes it again)", async () => {
  const path = fileURLToPath(new URL("xxh64.wat", import.meta.url));
  const { parseWat } = await wabt();
  const text = await readFile(path, "utf8");
  const { buffer } = parseWat("xxh64.wat", text, FOR_ANY_PROCESSOR).toBinary({});
  const lines = Buffer.from(buffer)
    .toString("base64")
    .match(/.{1,90}/g);
  const source = [
    "/** `xxh64.wat` compiled by wabt, base64; xxh64.test.ts writes and compares it. */",
    "export const XXH64_WASM = [",
    ...(lines ?? []).map((line) => `  "${line}",`),
    '].join("");',
    "",
  ].join("\n");
  await expect(source).toMatchFileSnapshot("./xxh64-wasm.ts");
});

/** Source: XXH64(text, length, 0) of Debian's libxxhash 0.8.1. */
const VECTORS: readonly (readonly [string, bigint])[] = [
  ["", 0xef46db3751d8e999n],
  ["a", 0xd24ec4f1a98c6e5bn],
  ["abc", 0x44bc2cf5ad770999n],
  ["Nobody inspects the spammish repetition", 0xfbcea83c8a378bf1n],
];

test("openXxh64() gives the hashes that xxHash publishes", () => {
  const xxh64 = openXxh64(1024);
  for (const [text, hash] of VECTORS) {
    xxh64.memory.write(text, 0);
    expect(xxh64.hash(0, Buffer.byteLength(text))).toBe(hash);
  }
});

test("openXxh64() agrees with the specification at every length and alignment", () => {
  const xxh64 = openXxh64(1024);
  const bytes = noise(512);
  const broken: string[] = [];
  for (let length = 0; length <= 200; length += 1) {
    for (const at of [0, 1, 7, 32]) {
      xxh64.memory.set(bytes.subarray(0, length), at);
      if (xxh64.hash(at, length) !== referenceXxh64(bytes.subarray(0, length))) {
        broken.push(`length ${length} at ${at}`);
      }
    }
  }
  expect(broken).toEqual([]);
});

test("update() in stripes gives the hash of the whole", () => {
  const xxh64 = openXxh64(8192);
  const bytes = noise(5000);
  xxh64.memory.set(bytes, 100);
  xxh64.begin();
  xxh64.update(100, 32);
  xxh64.update(132, 4096);
  expect(xxh64.finish(4228, 872)).toBe(referenceXxh64(bytes));
});

test("update() refuses what is no multiple of 32", () => {
  expect(() => openXxh64(1024).update(0, 33)).toThrow("stripes of 32");
});

test("isZero() finds one bit anywhere and nothing outside its range", () => {
  const xxh64 = openXxh64(1024);
  const broken: number[] = [];
  for (let at = 0; at < 400; at += 1) {
    xxh64.memory[at] = 1;
    const inside = at >= 8 && at < 308;
    if (xxh64.isZero(8, 300) === inside) broken.push(at);
    xxh64.memory[at] = 0;
  }
  expect(broken).toEqual([]);
  expect(xxh64.isZero(0, 0)).toBe(true);
});

/** Bytes of a linear congruential generator: the same in every run. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n;
const P5 = 0x27d4eb2f165667c5n;

const wrap = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotate = (value: bigint, by: bigint): bigint => wrap((value << by) | (value >> (64n - by)));
const round = (accumulator: bigint, lane: bigint): bigint =>
  wrap(rotate(wrap(accumulator + lane * P2), 31n) * P1);

/** XXH64, seed 0, as its specification words it: slow and plain. */
function referenceXxh64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  let hash = P5;
  if (bytes.length >= 32) {
    const lanes = [wrap(P1 + P2), P2, 0n, wrap(-P1)];
    for (; at + 32 <= bytes.length; at += 32) {
      for (const [index, lane] of lanes.entries()) {
        lanes[index] = round(lane, view.getBigUint64(at + index * 8, true));
      }
    }
    hash = wrap(
      lanes.reduce((sum, lane, index) => sum + rotate(lane, [1n, 7n, 12n, 18n][index] ?? 0n), 0n),
    );
    for (const lane of lanes) hash = wrap((hash ^ round(0n, lane)) * P1 + P4);
  }
  hash = wrap(hash + BigInt(bytes.length));
  for (; at + 8 <= bytes.length; at += 8) {
    hash = wrap(rotate(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * P1 + P4);
  }
  if (at + 4 <= bytes.length) {
    hash = wrap(rotate(hash ^ wrap(BigInt(view.getUint32(at, true)) * P1), 23n) * P2 + P3);
    at += 4;
  }
  for (; at < bytes.length; at += 1) {
    hash = wrap(rotate(hash ^ wrap(BigInt(view.getUint8(at)) * P5), 11n) * P1);
  }
  hash = wrap((hash ^ (hash >> 33n)) * P2);
  hash = wrap((hash ^ (hash >> 29n)) * P3);
  return hash ^ (hash >> 32n);
}

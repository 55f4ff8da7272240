import { diceOf } from "@stickfarm/common/test-dice";
import { expect, test } from "vitest";
import { noise } from "../write-fixture.ts";
import {
  newTag,
  PROBE_BLOCK_BYTES,
  recogniseBlock,
  stampBlocks,
  TAG_BYTES,
} from "./probe-block.ts";

const tag = noise(4096, 7).subarray(0, TAG_BYTES);
const at = 3 * 2 ** 40;

function stamped(): Buffer {
  const buffer = Buffer.alloc(2 * PROBE_BLOCK_BYTES);
  stampBlocks(buffer, at, tag);
  return buffer;
}

test("recogniseBlock() knows a block in its place, also beyond 2 TiB", () => {
  const second = stamped().subarray(PROBE_BLOCK_BYTES);
  expect(recogniseBlock(second, at + PROBE_BLOCK_BYTES, tag)).toEqual({ kind: "good" });
});

test("recogniseBlock() says where a block belongs that stands elsewhere", () => {
  const first = stamped().subarray(0, PROBE_BLOCK_BYTES);
  expect(recogniseBlock(first, 4096, tag)).toEqual({ kind: "foreign", belongsAtBytes: at });
});

test("recogniseBlock() sees by how much addresses are off when it is less than a block", () => {
  const shifted = stamped().subarray(512, 512 + PROBE_BLOCK_BYTES);
  expect(recogniseBlock(shifted, 8192, tag)).toEqual({ kind: "foreign", belongsAtBytes: at + 512 });
});

test("recogniseBlock() takes a flipped bit, zeros and an earlier attempt's block for lost", () => {
  const first = stamped().subarray(0, PROBE_BLOCK_BYTES);
  expect(recogniseBlock(first, at, noise(4096, 8).subarray(0, TAG_BYTES)).kind).toBe("lost");
  expect(recogniseBlock(Buffer.alloc(PROBE_BLOCK_BYTES), at, tag).kind).toBe("lost");
  const hurt = Buffer.from(first);
  hurt.writeUInt8((hurt[5] ?? 0) ^ 1, 5);
  expect(recogniseBlock(hurt, at, tag).kind).toBe("lost");
  first.writeUInt8((first[4095] ?? 0) ^ 1, 4095);
  expect(recogniseBlock(first, at, tag).kind).toBe("lost");
});

test("stampBlocks() cuts the last block where a drive of odd size ends", () => {
  const buffer = Buffer.alloc(PROBE_BLOCK_BYTES + 512);
  stampBlocks(buffer, 0, tag);
  expect(recogniseBlock(buffer.subarray(PROBE_BLOCK_BYTES), PROBE_BLOCK_BYTES, tag)).toEqual({
    kind: "good",
  });
});

test("newTag() gives other dice another tag, with nothing in it that repeats", () => {
  const [one, other] = [1, 2].map((seed) => newTag(diceOf(seed)));
  const words = Array.from({ length: TAG_BYTES / 4 }, (_, index) => one?.readUInt32LE(index * 4));
  expect(new Set(words).size).toBeGreaterThan(words.length - 4);
  expect(one?.length).toBe(TAG_BYTES);
  expect(one?.equals(other ?? Buffer.alloc(0))).toBe(false);
});

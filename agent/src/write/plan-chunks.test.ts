import { SEAL_BYTES } from "@stickfarm/common/layout/extent";
import { expect, test } from "vitest";
import { planContent, planZeros, sumBytes } from "./plan-chunks.ts";
import type { Segment } from "./split-extents.ts";

const KIB = 1024;
const CHUNK_MAX = 1024 * KIB;
const zero = (atKiB: number, lengthKiB: number): Segment => ({
  kind: "zero",
  offsetBytes: SEAL_BYTES + atKiB * KIB,
  lengthBytes: lengthKiB * KIB,
});
const bytes = (atKiB: number, lengthKiB: number): Segment => ({
  kind: "bytes",
  offsetBytes: SEAL_BYTES + atKiB * KIB,
  lengthBytes: lengthKiB * KIB,
  bytes: new Uint8Array(lengthKiB * KIB),
});
const rangesKiB = (chunks: Iterable<{ offsetBytes: number; lengthBytes: number }>) =>
  [...chunks].map(({ offsetBytes, lengthBytes }) => [
    (offsetBytes - SEAL_BYTES) / KIB,
    lengthBytes / KIB,
  ]);

test("planContent() joins what touches, short zeros too, up to the largest chunk", () => {
  const segments = [bytes(0, 4), zero(4, 255), bytes(259, 4), bytes(264, 4)];
  expect(rangesKiB(planContent(segments, CHUNK_MAX))).toEqual([
    [0, 263],
    [264, 4],
  ]);
  expect(rangesKiB(planContent([bytes(0, 600), bytes(600, 600)], CHUNK_MAX))).toEqual([
    [0, 600],
    [600, 600],
  ]);
});

test("planContent() cuts bytes that are longer than a chunk", () => {
  expect(rangesKiB(planContent([bytes(0, 2500)], CHUNK_MAX))).toEqual([
    [0, 1024],
    [1024, 1024],
    [2048, 452],
  ]);
});

test("planContent() and planZeros() share out every segment but the seal's", () => {
  const held: Segment = { kind: "zero", offsetBytes: 0, lengthBytes: SEAL_BYTES };
  const segments = [held, bytes(0, 4), zero(4, 3000), bytes(3004, 4), zero(3008, 4)];
  expect(rangesKiB(planContent(segments, CHUNK_MAX))).toEqual([
    [0, 4],
    [3004, 8],
  ]);
  expect(rangesKiB(planZeros(segments, CHUNK_MAX))).toEqual([
    [4, 1024],
    [1028, 1024],
    [2052, 952],
  ]);
  expect(sumBytes(planZeros(segments, CHUNK_MAX))).toBe(3000 * KIB);
});

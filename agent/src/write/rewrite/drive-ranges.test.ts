import { expect, test } from "vitest";
import type { Segment } from "../split-extents.ts";
import { addRange, type DriveRange, finely, segmentsWithin } from "./drive-ranges.ts";

const KIB = 1024;
const range = (offsetBytes: number, lengthBytes: number): DriveRange => ({
  offsetBytes,
  lengthBytes,
});
const zeros = (offsetBytes: number): Segment => ({ kind: "zero", ...range(offsetBytes, 512) });

test("addRange() joins a range with the last one when they touch", () => {
  const ranges: DriveRange[] = [];
  for (const at of [0, 512, 2048, 2560, 8192]) addRange(ranges, zeros(at));
  expect(ranges).toEqual([range(0, 1024), range(2048, 1024), range(8192, 512)]);
});

test("segmentsWithin() finds every segment of the ranges, and no other", () => {
  const segments = [0, 512, 1024, 2048, 2560, 4096, 8192].map(zeros);
  const within = (...ranges: DriveRange[]) =>
    [...segmentsWithin(segments, ranges)].map(({ offsetBytes }) => offsetBytes);
  expect(within()).toEqual([]);
  expect(within(range(512, 512), range(2048, 1024), range(8192, 512))).toEqual([
    512, 2048, 2560, 8192,
  ]);
  expect(within(range(0, 1 << 20))).toHaveLength(segments.length);
  expect(within(range(5000, 1000))).toEqual([]);
});

test("finely() cuts the layout's own bytes, and nothing that has one hash", () => {
  const bytes = new Uint8Array(150 * KIB).map((_, index) => index);
  const piece = { kind: "piece", sha256: "", pieceIndex: 0, dataBytes: 256 * KIB } as const;
  const segments: Segment[] = [
    { kind: "bytes", ...range(4096, bytes.length), bytes },
    { ...piece, ...range(1 << 20, 256 * KIB) },
  ];
  const fine = [...finely([{ ...range(0, 1 << 21), segments }])];
  expect(fine.map(({ offsetBytes, lengthBytes }) => [offsetBytes, lengthBytes / KIB])).toEqual([
    [4096, 64],
    [4096 + 64 * KIB, 64],
    [4096 + 128 * KIB, 22],
    [1 << 20, 256],
  ]);
  expect(fine[2]).toMatchObject({ bytes: bytes.subarray(128 * KIB) });
});

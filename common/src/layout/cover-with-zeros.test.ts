import { expect, test } from "vitest";
import { coverWithZeros } from "./cover-with-zeros.ts";
import type { Extent } from "./extent.ts";

type Case = {
  readonly fact: string;
  /** Offset and length. */
  readonly content: readonly (readonly [number, number])[];
  readonly ranges: readonly (readonly [number, number])[];
  readonly zeros: readonly (readonly [number, number])[];
};

test.each<Case>([
  {
    fact: "fills before, between and behind",
    content: [
      [1024, 512],
      [2048, 512],
    ],
    ranges: [[0, 4096]],
    zeros: [
      [0, 1024],
      [1536, 512],
      [2560, 1536],
    ],
  },
  {
    fact: "lets the rest of a blob's last block belong to the blob",
    content: [[0, 100]],
    ranges: [[0, 1024]],
    zeros: [[512, 512]],
  },
  {
    fact: "keeps holes outside of the ranges",
    content: [
      [512, 512],
      [4096, 512],
    ],
    ranges: [
      [0, 1024],
      [8192, 512],
    ],
    zeros: [
      [0, 512],
      [8192, 512],
    ],
  },
  { fact: "adds nothing to what is whole", content: [[0, 1024]], ranges: [[0, 1024]], zeros: [] },
  {
    fact: "covers a range without content",
    content: [],
    ranges: [[512, 512]],
    zeros: [[512, 512]],
  },
  {
    fact: "begins behind content that reaches into a range",
    content: [[0, 2000]],
    ranges: [[1024, 2048]],
    zeros: [[2048, 1024]],
  },
])("coverWithZeros() $fact", ({ content, ranges, zeros }) => {
  const extents = content.map(([offsetBytes, lengthBytes]): Extent => {
    return { offsetBytes, lengthBytes, source: { kind: "blob", sha256: "", blobOffsetBytes: 0 } };
  });
  const asked = ranges.map(([offsetBytes, lengthBytes]) => ({ offsetBytes, lengthBytes }));
  const covered = coverWithZeros(extents, asked, 512);
  const added = covered.filter(({ source }) => source.kind === "zero");
  expect(added.map(({ offsetBytes, lengthBytes }) => [offsetBytes, lengthBytes])).toEqual(zeros);
  expect(covered.filter(({ source }) => source.kind === "blob")).toEqual(extents);
  expect(covered).toEqual(covered.toSorted((a, b) => a.offsetBytes - b.offsetBytes));
});

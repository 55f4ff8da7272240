import type { ByteRange } from "../media/manifest.ts";
import { alignUp } from "./align.ts";
import type { Extent } from "./extent.ts";

/**
 * Content and, wherever it leaves a hole in one of the ranges, zeros.
 *
 * Shape: content sorted, ranges sorted and apart; what lies in none of the ranges keeps its holes.
 */
export function coverWithZeros(
  content: readonly Extent[],
  ranges: readonly ByteRange[],
  blockBytes: number,
): readonly Extent[] {
  const extents: Extent[] = [];
  let coveredBytes = 0;
  const coverUntil = (endBytes: number) => {
    for (const range of ranges) {
      const from = Math.max(coveredBytes, range.offsetBytes);
      const until = Math.min(endBytes, range.offsetBytes + range.lengthBytes);
      if (from < until) extents.push(zeros(from, until - from));
    }
  };
  for (const extent of content) {
    coverUntil(extent.offsetBytes);
    extents.push(extent);
    coveredBytes = alignUp(extent.offsetBytes + extent.lengthBytes, blockBytes);
  }
  coverUntil(Number.POSITIVE_INFINITY);
  return extents;
}

function zeros(offsetBytes: number, lengthBytes: number): Extent {
  return { offsetBytes, lengthBytes, source: { kind: "zero" } };
}

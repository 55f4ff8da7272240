import type { FoundBlock } from "./probe-block.ts";

/** What was read where one of the check's blocks belongs. */
export type Finding = { readonly offsetBytes: number; readonly found: FoundBlock };

export type ProbeVerdict =
  | { readonly kind: "good" }
  /** It has no memory behind some of its addresses. */
  | { readonly kind: "fake"; readonly usableBytes: number }
  /** A place or two came back wrong: bad memory, but its own. */
  | { readonly kind: "damaged"; readonly offsetBytes: number };

/** So many wrong places of a few hundred are a drive that cannot be used, whatever the reason. */
const FAKE_COUNT = 3;

/**
 * What a capacity check has found out.
 *
 * Units: `usableBytes` is exact for addresses that wrap around; else it is the first place that was found lost, so too
 *        high by at most the distance between two places.
 */
export function judgeProbe(findings: readonly Finding[]): ProbeVerdict {
  const sorted = findings.toSorted((left, right) => left.offsetBytes - right.offsetBytes);
  const bad = sorted.filter(({ found }) => found.kind !== "good");
  const [firstBad] = bad;
  if (firstBad === undefined) return { kind: "good" };
  const wrapBytes = findWrap(sorted);
  if (wrapBytes !== null) return { kind: "fake", usableBytes: wrapBytes };
  const isLostToEnd = bad.length === sorted.length - sorted.indexOf(firstBad);
  const isForeign = bad.some(({ found }) => found.kind === "foreign");
  if (isLostToEnd || isForeign || bad.length >= FAKE_COUNT) {
    return { kind: "fake", usableBytes: firstBad.offsetBytes };
  }
  return { kind: "damaged", offsetBytes: firstBad.offsetBytes };
}

/**
 * What addresses are taken modulo of, or less where a part of that is lost as well; `null` when they are not.
 *
 * Two places that are one can not both hold their own block. A cache that mixes up what it holds shows foreign blocks
 * too, but leaves such pairs.
 */
function findWrap(sorted: readonly Finding[]): number | null {
  let modulo = 0;
  for (const { offsetBytes, found } of sorted) {
    if (found.kind !== "foreign") continue;
    modulo = greatestCommonDivisor(modulo, Math.abs(found.belongsAtBytes - offsetBytes));
  }
  if (modulo === 0) return null;
  const good = sorted.filter(({ found }) => found.kind === "good");
  const places = new Set(good.map(({ offsetBytes }) => offsetBytes % modulo));
  if (places.size < good.length) return null;
  const lost = sorted.filter(({ found }) => found.kind === "lost");
  return lost.reduce((least, { offsetBytes }) => Math.min(least, offsetBytes % modulo), modulo);
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right);
}

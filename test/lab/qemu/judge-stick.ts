/** What lies on a stick, seen from outside the machine by programs that are not ours. */
export type Seen = {
  /** Of all its bytes. */
  readonly digest: string;
  /** Its first 4096 bytes. */
  readonly startsWithZeros: boolean;
  /** It holds what was ordered, all of it. */
  readonly isWhole: boolean;
};

/** What was said of it. */
export type Said = { readonly state: string; readonly dirty: boolean };

/**
 * The laws that a stick breaks, in words; none when what was said of it is true.
 *
 * Shape: `said` is `null` for a stick that was never ordered; `before` is its digest before the order. A stick whose last
 *        block arrived, but whose answer was lost with it, is whole although it failed: that is no lie.
 */
export function judgeStick(said: Said | null, seen: Seen, before: string): readonly string[] {
  const isUntouched = seen.digest === before;
  if (said === null) return isUntouched ? [] : ["was never ordered, and was written"];
  if (said.state === "succeeded")
    return seen.isWhole ? [] : ["is said to have succeeded, and does not hold what was ordered"];
  if (said.state !== "failed" && said.state !== "canceled") return [`is ${said.state} for good`];
  if (!said.dirty) return isUntouched ? [] : ["is said to be untouched, and was written"];
  return seen.startsWithZeros || isUntouched || seen.isWhole
    ? []
    : [`has ${said.state}, and begins with something that may boot`];
}

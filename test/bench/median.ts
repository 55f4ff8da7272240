/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** Half of the distance from the least to the greatest: the machine's noise. */
export function noiseOf(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / 2;
}

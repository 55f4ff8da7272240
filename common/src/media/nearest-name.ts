const COMPARED_UNITS_MAX = 64;

/**
 * The known name that was probably meant, or `null`: "partition_table" means partitionTable, "unatended" means
 * unattended. Case, "-" and "_" do not count; else one slip in three letters is forgiven, and at least one.
 */
export function nearestName(written: string, known: readonly string[]): string | null {
  if (written.length > COMPARED_UNITS_MAX) return null;
  let best: { readonly name: string; readonly slips: number } | null = null;
  for (const name of known) {
    const slips = countSlips(simplify(written), simplify(name));
    if (slips > Math.max(1, Math.floor(name.length / 3))) continue;
    if (best === null || slips < best.slips) best = { name, slips };
  }
  return best?.name ?? null;
}

function simplify(name: string): string {
  return name.toLowerCase().replace(/[-_ ]/g, "");
}

/**
 * Letters added, left out, changed or swapped with their neighbour.
 *
 * Source: optimal string alignment distance, the restricted form of Damerau and Levenshtein.
 */
function countSlips(one: string, other: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      const swapped =
        row > 1 &&
        column > 1 &&
        one[row - 1] === other[column - 2] &&
        one[row - 2] === other[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[other.length] ?? 0;
}

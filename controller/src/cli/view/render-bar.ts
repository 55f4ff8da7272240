const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/**
 * A bar of exactly so many columns, in eighths of a column where the locale has the characters.
 *
 * Shape: `filled` and `empty` apart, so that they can be colored apart.
 * Units: `ratio` from 0 to 1; the bar is full only at 1.
 */
export function renderBar(
  ratio: number,
  { columns, utf8 }: { readonly columns: number; readonly utf8: boolean },
): { readonly filled: string; readonly empty: string } {
  const within = Math.min(1, Math.max(0, ratio));
  if (!utf8) {
    const full = Math.floor(within * columns);
    return { filled: "#".repeat(full), empty: ".".repeat(columns - full) };
  }
  const eighths = Math.floor(within * columns * 8);
  const full = Math.floor(eighths / 8);
  const part = EIGHTHS[eighths % 8] ?? "";
  return { filled: "█".repeat(full) + part, empty: "·".repeat(columns - full - part.length) };
}

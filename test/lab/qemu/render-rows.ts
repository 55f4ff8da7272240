import { renderElapsed } from "@stickfarm/common/durations";

/** One thing that was done to one stick, and what came of it. */
export type Row = {
  readonly done: string;
  readonly outcome: string;
  /** From what was done to its outcome. */
  readonly tookMs: number;
  /** Laws that were broken, in words. */
  readonly broken: readonly string[];
};

/** The table of a run, and its verdict as the last line. */
export function renderRows(rows: readonly Row[]): string {
  const cells = rows.map(({ done, outcome, tookMs, broken }) => [
    done,
    outcome,
    renderElapsed(tookMs),
    broken.length === 0 ? "" : `BROKEN: it ${broken.join("; it ")}`,
  ]);
  const table = [["what was done", "outcome", "time to it", ""], ...cells];
  const widths = [0, 1, 2, 3].map((at) => Math.max(...table.map((row) => row[at]?.length ?? 0)));
  const lines = table.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const bad = rows.filter(({ broken }) => broken.length > 0).length;
  const verdict = bad === 0 ? "no law broken" : `laws broken in ${bad} rows`;
  return [...lines, "", `${rows.length} rows, ${verdict}`].join("\n");
}

import { MIB } from "@stickfarm/common/bytes";
import type { Verdict } from "./judge.ts";
import type { Row } from "./results.ts";

/** Both tables as text. */
export function renderResults(rows: readonly Row[], verdicts: readonly Verdict[]): string {
  const table = renderTable(
    ["targets", "method", "wall s", "CPU s", "peak MiB", "wall ratio", "CPU ratio"],
    rows.map((row) => [
      `${row.targets} x ${row.place}`,
      row.method,
      row.wallSeconds.toFixed(2),
      row.cpuSeconds.toFixed(2),
      (row.peakBytes / MIB).toFixed(0),
      row.wallRatio.toFixed(2),
      row.cpuRatio.toFixed(2),
    ]),
  );
  if (verdicts.length === 0) return table;
  const bars = renderTable(
    ["bar", "measured", "at most", ""],
    verdicts.map(({ bar, value, max, reached }) => [
      bar,
      value.toFixed(2),
      max.toFixed(2),
      reached ? "reached" : "MISSED",
    ]),
  );
  return `${table}\n\n${bars}`;
}

function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const render = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column < 1 || head[column] === "method"
          ? cell.padEnd(widths[column] ?? 0)
          : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return [head, widths.map((width) => "-".repeat(width)), ...rows].map(render).join("\n");
}

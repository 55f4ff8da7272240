import { MIB } from "@stickfarm/common/bytes";
import { ratioOf, samplesOf, spreadOf } from "./compare.ts";
import type { GroupResult, Run, Verdict } from "./results.ts";

/** One group: its rows with their ratios to the methods named, what was left out, and the bars. */
export function renderGroup(
  name: string,
  { runs, verdicts, skipped, remarks }: GroupResult,
  against: readonly string[],
): string {
  return [
    `== ${name}`,
    ...remarks,
    ...(runs.length === 0 ? [] : [renderRows(runs, against)]),
    ...skipped.map((line) => `SKIPPED: ${line}`),
    ...(verdicts.length === 0 ? [] : [renderVerdicts(verdicts)]),
  ].join("\n\n");
}

/** Settings with their methods, as far as they were run. */
export function renderRows(runs: readonly Run[], against: readonly string[]): string {
  const named = against.filter((peer) => runs.some((run) => samplesOf(run, peer).length > 0));
  const limited = runs.some(({ limitSeconds }) => limitSeconds !== null);
  const head = ["setting", "method", "wall s", "+-", "CPU s", "peak MiB"];
  const ratios = named.flatMap((peer) => [`wall / ${peer}`, `CPU / ${peer}`]);
  const rows = runs.flatMap((run) =>
    Object.keys(run.samples).map((method) => [
      ...renderRow(run, method),
      ...named.flatMap((peer) => renderRatios(run, method, peer)),
      ...(limited ? [run.limitSeconds?.toFixed(2) ?? ""] : []),
    ]),
  );
  return renderTable([...head, ...ratios, ...(limited ? ["limit s"] : [])], rows, 2);
}

function renderRow(run: Run, method: string): string[] {
  const samples = samplesOf(run, method);
  const wall = spreadOf(samples.map(({ wallSeconds }) => wallSeconds));
  const cpu = spreadOf(samples.map(({ cpuSeconds }) => cpuSeconds));
  const peakBytes = run.peakBytes[method];
  return [
    run.setting,
    method,
    wall.value.toFixed(2),
    wall.noise.toFixed(2),
    cpu.value.toFixed(2),
    peakBytes === undefined ? "" : (peakBytes / MIB).toFixed(0),
  ];
}

function renderRatios(run: Run, method: string, peer: string): string[] {
  return (["wallSeconds", "cpuSeconds"] as const).map(
    (field) => ratioOf(run, [method, peer], field)?.value.toFixed(2) ?? "",
  );
}

function renderVerdicts(verdicts: readonly Verdict[]): string {
  return renderTable(
    ["bar", "measured", "+-", "at most", "", "what binds"],
    verdicts.map(({ bar, value, noise, max, reached, binds }) => [
      bar,
      value.toFixed(2),
      noise.toFixed(2),
      max.toFixed(2),
      reached ? "reached" : "MISSED",
      binds,
    ]),
    1,
  );
}

/** Words to the left, figures to the right; the last column is as long as it is. */
function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  wordColumns: number,
): string {
  const widths = head.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const render = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column < wordColumns || head[column] === "what binds"
          ? cell.padEnd(widths[column] ?? 0)
          : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return [head, widths.map((width) => "-".repeat(width)), ...rows].map(render).join("\n");
}

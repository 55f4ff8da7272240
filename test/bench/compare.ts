import { median, noiseOf } from "./median.ts";
import type { Measured, Run, Verdict } from "./results.ts";
import { whatBinds } from "./what-binds.ts";

export type Field = "wallSeconds" | "cpuSeconds";

export type Ratio = { readonly value: number; readonly noise: number };

/** Of a method that was not measured: none. */
export function samplesOf(run: Run, method: string): readonly Measured[] {
  return run.samples[method] ?? [];
}

/** The median over the rounds of one method's seconds over the other's of the same round; `null` when one is missing. */
export function ratioOf(run: Run, methods: readonly [string, string], field: Field): Ratio | null {
  const [ours, theirs] = methods.map((method) => samplesOf(run, method).map((one) => one[field]));
  if (ours === undefined || theirs === undefined) return null;
  if (ours.length === 0 || theirs.length === 0) return null;
  return spreadOf(ours.map((seconds, round) => seconds / (theirs[round] ?? Number.NaN)));
}

export function spreadOf(values: readonly number[]): Ratio {
  return { value: median(values), noise: noiseOf(values) };
}

/** A bar that `ratio` must not exceed; what binds is said of `samples`. */
export function judgeRatio(
  bar: string,
  ratio: Ratio,
  { max, run, method }: { readonly max: number; readonly run: Run; readonly method: string },
): Verdict {
  const reached = ratio.value <= max;
  const binds = reached ? "" : whatBinds(samplesOf(run, method), run);
  return { bar, ...ratio, max, reached, binds };
}

/** What this run of the agent has seen of its distribution points. */
export type PointHealth = {
  /** Those that may be asked first to last: as given, but what failed lately behind the others, and what lied last. */
  readonly order: <Point extends Named>(points: readonly Point[]) => readonly Point[];
  /** It was dead or slow: others are asked before it for a while. */
  readonly avoid: (name: string) => void;
  /** It gave wrong bytes: others are asked before it until the agent ends. */
  readonly distrust: (name: string) => void;
};

type Named = { readonly name: string };

/** Long enough that thousands of small files do not each wait for a dead point, short enough to come back to it. */
export const AVOID_MS = 60_000;

export function openPointHealth(nowMs: () => number): PointHealth {
  const avoidUntilMs = new Map<string, number>();
  const liars = new Set<string>();
  const rank = ({ name }: Named): number => {
    if (liars.has(name)) return 2;
    return (avoidUntilMs.get(name) ?? 0) > nowMs() ? 1 : 0;
  };
  return {
    order: (points) => points.toSorted((one, other) => rank(one) - rank(other)),
    avoid: (name) => void avoidUntilMs.set(name, nowMs() + AVOID_MS),
    distrust: (name) => void liars.add(name),
  };
}

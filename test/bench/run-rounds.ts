import { type Work as Method, measure } from "./measure.ts";
import type { Measured, Run } from "./results.ts";

export type Methods = Readonly<Record<string, Method>>;

export type Rounds = {
  readonly rounds: number;
  /** A round before the first, which is not counted: it fills caches and targets, and is watched for its memory. */
  readonly warmUp: boolean;
  readonly say: (line: string) => void;
  readonly show: (run: Run) => void;
};

/** Do all methods in turn, round after round, so that what disturbs the machine disturbs them alike. */
export async function runRounds(
  methods: Methods,
  about: Pick<Run, "setting" | "targets" | "limitSeconds">,
  { rounds, warmUp, say, show }: Rounds,
): Promise<Run> {
  const all: Record<string, Measured>[] = [];
  for (let round = warmUp ? 0 : 1; round <= rounds; round += 1) {
    const measured: Record<string, Measured> = {};
    for (const [name, work] of Object.entries(methods)) {
      measured[name] = await measure(work, { watchMemory: round === 0 });
    }
    say(`${about.setting}, ${round === 0 ? "warm-up" : `round ${round}`}: ${secondsOf(measured)}`);
    all.push(measured);
  }
  const timed = warmUp ? all.slice(1) : all;
  const watched = warmUp ? Object.entries(all[0] ?? {}) : [];
  const run: Run = {
    ...about,
    samples: Object.fromEntries(
      Object.keys(methods).map((name) => [name, timed.flatMap((round) => round[name] ?? [])]),
    ),
    peakBytes: Object.fromEntries(watched.map(([name, { peakBytes }]) => [name, peakBytes])),
  };
  show(run);
  return run;
}

function secondsOf(measured: Readonly<Record<string, Measured>>): string {
  return Object.entries(measured)
    .map(([name, { wallSeconds }]) => `${name} ${wallSeconds.toFixed(2)} s`)
    .join(", ");
}

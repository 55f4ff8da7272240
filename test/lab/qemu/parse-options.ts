import { parseArgs } from "node:util";

export type Options = {
  /** At least so many rounds of plugging and pulling. */
  readonly rounds: number;
  /** And more of them until the run is so old; 0: none. */
  readonly minutes: number;
  readonly seed: number;
};

const ROUNDS = 20;

/** What the command line asks for; fails with what it must be. `newSeed` is for runs that replay none. */
export function parseOptions(args: readonly string[], newSeed: () => number): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string" },
      minutes: { type: "string" },
      seed: { type: "string" },
    },
  });
  return {
    rounds: values.rounds === undefined ? ROUNDS : parseWhole("--rounds", values.rounds),
    minutes: values.minutes === undefined ? 0 : parseWhole("--minutes", values.minutes),
    seed: values.seed === undefined ? newSeed() : parseWhole("--seed", values.seed),
  };
}

function parseWhole(option: string, text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number < 2 ** 32) return number;
  throw new Error(`${option} ${text}: must be a whole number`);
}

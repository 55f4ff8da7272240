import { parseArgs } from "node:util";

export type Options = {
  readonly json: boolean;
  readonly quick: boolean;
  readonly install: boolean;
  readonly rounds: number;
  /** `null`: those of each group. */
  readonly targets: readonly number[] | null;
  /** Names of groups. */
  readonly only: readonly string[];
};

const ROUNDS = 5;
const QUICK_ROUNDS = 2;

/** What the command line asks for; fails with what it must be. */
export function parseOptions(args: readonly string[], groups: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      install: { type: "boolean", default: false },
      rounds: { type: "string" },
      targets: { type: "string" },
      only: { type: "string" },
    },
  });
  const { json, quick, install } = values;
  const only = values.only?.split(",") ?? groups;
  const unknown = only.filter((name) => !groups.includes(name));
  if (unknown.length > 0)
    throw new Error(`--only ${unknown.join(",")}: must be of ${groups.join(",")}`);
  const rounds = parseCount("--rounds", values.rounds ?? String(quick ? QUICK_ROUNDS : ROUNDS));
  const targets = values.targets?.split(",").map((text) => parseCount("--targets", text)) ?? null;
  return { json, quick, install, rounds, targets, only };
}

function parseCount(option: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new Error(`${option} ${text}: must be a whole number from 1 on`);
}

import { parseArgs } from "node:util";
import { PLACES, type Place } from "./results.ts";

export type Options = {
  readonly json: boolean;
  readonly quick: boolean;
  readonly install: boolean;
  readonly rounds: number;
  /** `null`: those of each group. */
  readonly targets: readonly number[] | null;
  /** Of unthrottled targets. */
  readonly places: readonly Place[];
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
      places: { type: "string" },
      only: { type: "string" },
    },
  });
  const { json, quick, install } = values;
  const only = parseNames("--only", values.only, groups);
  const places = parseNames("--places", values.places, PLACES);
  const rounds = parseCount("--rounds", values.rounds ?? String(quick ? QUICK_ROUNDS : ROUNDS));
  const targets = values.targets?.split(",").map((text) => parseCount("--targets", text)) ?? null;
  return { json, quick, install, rounds, targets, places, only };
}

function parseNames<Name extends string>(
  option: string,
  text: string | undefined,
  known: readonly Name[],
): readonly Name[] {
  const names = text?.split(",") ?? known;
  const unknown = names.filter((name) => !known.some((one) => one === name));
  if (unknown.length > 0)
    throw new Error(`${option} ${unknown.join(",")}: must be of ${known.join(",")}`);
  return known.filter((name) => names.includes(name));
}

function parseCount(option: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new Error(`${option} ${text}: must be a whole number from 1 on`);
}

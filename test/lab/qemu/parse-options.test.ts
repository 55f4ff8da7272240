import { expect, test } from "vitest";
import { parseOptions } from "./parse-options.ts";

const newSeed = (): number => 77;

test("parseOptions() goes twenty rounds by a new seed unless told otherwise", () => {
  expect(parseOptions([], newSeed)).toEqual({ rounds: 20, minutes: 0, seed: 77 });
  const all = ["--rounds", "3", "--minutes", "90", "--seed", "4294967295"];
  expect(parseOptions(all, newSeed)).toEqual({ rounds: 3, minutes: 90, seed: 4294967295 });
});

test.each([
  [["--rounds=-1"], "--rounds -1: must be a whole number"],
  [["--rounds=1.5"], "--rounds 1.5: must be a whole number"],
  [["--minutes", "long"], "--minutes long: must be a whole number"],
  [["--seed", ""], "--seed : must be a whole number"],
  [["--seed", "4294967296"], "--seed 4294967296: must be a whole number"],
  [["--fast"], "--fast"],
])("parseOptions() refuses %o", (args, words) => {
  expect(() => parseOptions(args, newSeed)).toThrow(words);
});

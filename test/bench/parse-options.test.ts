import { expect, test } from "vitest";
import { parseOptions } from "./parse-options.ts";

const GROUPS = ["peers", "throttled"];

test("parseOptions() runs all groups five times unless told otherwise", () => {
  const usual = { json: false, quick: false, install: false, targets: null };
  expect(parseOptions([], GROUPS)).toEqual({
    ...usual,
    rounds: 5,
    places: ["file", "loop"],
    only: GROUPS,
  });
  const some = [
    "--only",
    "throttled",
    "--quick",
    "--targets",
    "1,16",
    "--json",
    "--install",
    "--places",
    "loop",
  ];
  expect(parseOptions(some, GROUPS)).toEqual({
    json: true,
    quick: true,
    install: true,
    rounds: 2,
    targets: [1, 16],
    places: ["loop"],
    only: ["throttled"],
  });
});

test.each([
  [["--only", "peers,speed"], "--only speed: must be of peers,throttled"],
  [["--places", "disk"], "--places disk: must be of file,loop"],
  [["--rounds", "0"], "--rounds 0: must be a whole number from 1 on"],
  [["--targets", "1,x"], "--targets x: must be a whole number from 1 on"],
])("parseOptions() refuses %o", (args, words) => {
  expect(() => parseOptions(args, GROUPS)).toThrow(words);
});

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { PROBLEMS } from "@stickfarm/common/problem";
import { expect, test } from "vitest";
import { parseNamedTests, readTable, readTestNames } from "./read-options.ts";

const SUITE = "test/workstation";
const ROWS = readTable("| fault | outcome | proven by |").map(
  ([fault = "", outcome = "", tests = ""]) => ({ fault, outcome, tests: parseNamedTests(tests) }),
);

test("README's table of faults names tests that there are, at least one for each fault", () => {
  expect(ROWS.length).toBeGreaterThan(15);
  const untested = ROWS.filter(({ tests }) => tests.length === 0).map(({ fault }) => fault);
  const unknown = ROWS.flatMap(({ tests }) => tests).filter(
    ({ path, name }) => !readTestNames(path).some((known) => known.includes(name)),
  );
  expect({ untested, unknown }).toEqual({ untested: [], unknown: [] });
});

test("README's table of faults names problems that there are", () => {
  const named = ROWS.flatMap(({ outcome }) =>
    [...outcome.matchAll(/`(\w+)`/g)].map(([, code = ""]) => code),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((code) => !(code in PROBLEMS))).toEqual([]);
});

test("README's table of faults leaves out no test of the workstation suite", () => {
  const files = readdirSync(join(import.meta.dirname, "../..", SUITE)).filter((name) =>
    name.endsWith(".test.ts"),
  );
  const all = files.flatMap((file) =>
    readTestNames(`${SUITE}/${file}`).map((name) => ({ path: `${SUITE}/${file}`, name })),
  );
  const named = ROWS.flatMap(({ tests }) => tests);
  const isNamed = (one: (typeof all)[number]): boolean =>
    named.some(({ path, name }) => path === one.path && one.name.includes(name));
  expect(all.length).toBeGreaterThan(5);
  expect(all.filter((one) => !isNamed(one))).toEqual([]);
});

import { expect, test } from "vitest";
import { checkDistribution } from "./check-distribution.ts";
import { renderFinding } from "./test-findings.ts";

const AT = "spec.distributionPoints";

test("checkDistribution() finds nothing in a list of names, nor where there is none", () => {
  expect(checkDistribution(["local", "dp-oslo"])).toEqual([]);
  expect(checkDistribution(undefined)).toEqual([]);
});

test("checkDistribution() refuses an empty list, repeated and bad names", () => {
  expect(checkDistribution([]).map(renderFinding)).toEqual([
    `error ${AT}: is an empty list, must name a distribution point`,
  ]);
  const found = checkDistribution(["local", undefined, "local", "DP 1"]).map(renderFinding);
  expect(found[0]).toBe(`error ${AT}[2]: is the same as distributionPoints[0]`);
  expect(found[1]).toMatch(/distributionPoints\[3\]: is "DP 1", must be/);
  expect(found).toHaveLength(2);
});

import { OPEN_POLICY } from "@stickfarm/common/build/write-policy";
import { expect, test } from "vitest";
import { parsePolicy } from "./parse-policy.ts";

test("parsePolicy() leaves all open of which nothing was typed", () => {
  expect(parsePolicy({})).toEqual(OPEN_POLICY);
});

test("parsePolicy() takes what was typed", () => {
  expect(parsePolicy({ full: true })).toEqual({ ...OPEN_POLICY, rewrite: "full" });
  expect(parsePolicy({ acceptRepaired: true })).toEqual({ ...OPEN_POLICY, acceptRepaired: true });
  expect(parsePolicy({ refresh: true, proof: "compared", capacity: "none" })).toEqual({
    ...{ rewrite: "refresh", proof: "compared", capacity: "none", acceptRepaired: false },
  });
});

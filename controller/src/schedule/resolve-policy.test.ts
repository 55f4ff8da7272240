import { OPEN_POLICY } from "@stickfarm/common/build/write-policy";
import { expect, test } from "vitest";
import { resolvePolicy } from "./resolve-policy.ts";

const NEW = { canBeFake: true, hasShownCapacity: false };
const TRIED = { canBeFake: true, hasShownCapacity: true };
const FILE = { canBeFake: false, hasShownCapacity: false };

test.each([
  ["a new stick", NEW, {}, { proof: "read-back", capacity: "probe" }],
  ["a stick that has passed", TRIED, {}, { proof: "compared", capacity: "none" }],
  ["a file", FILE, {}, { proof: "read-back", capacity: "none" }],
  ["a stick that has passed", TRIED, { proof: "read-back" }, { proof: "read-back" }],
  ["a stick that has passed", TRIED, { capacity: "surface" }, { capacity: "surface" }],
  ["a new stick", NEW, { capacity: "none" }, { proof: "read-back", capacity: "none" }],
  ["a new stick", NEW, { proof: "compared" }, { proof: "compared", capacity: "probe" }],
  [
    "a new stick",
    NEW,
    { proof: "compared", capacity: "none" },
    { proof: "compared", capacity: "probe" },
  ],
  ["a file", FILE, { proof: "compared" }, { proof: "compared", capacity: "none" }],
] as const)("resolvePolicy() writes %s (%j) asked %j with %j", (_, trust, asked, policy) => {
  expect(resolvePolicy({ ...OPEN_POLICY, ...asked }, trust)).toMatchObject(policy);
});

test("resolvePolicy() never compares a stick that may be fake and was never tried", () => {
  const broken: unknown[] = [];
  for (const proof of [null, "read-back", "compared"] as const)
    for (const capacity of [null, "none", "probe", "surface"] as const) {
      const policy = resolvePolicy({ ...OPEN_POLICY, proof, capacity }, NEW);
      if (policy.proof === "compared" && policy.capacity === "none") broken.push(policy);
    }
  expect(broken).toEqual([]);
});

test("resolvePolicy() keeps what was asked for", () => {
  const asked = { ...OPEN_POLICY, rewrite: "refresh", acceptRepaired: true } as const;
  expect(resolvePolicy(asked, NEW)).toMatchObject({ rewrite: "refresh", acceptRepaired: true });
});

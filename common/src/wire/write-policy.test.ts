import { AskedPolicy as WireAsked } from "@stickfarm/proto/stickfarm/v1/operator";
import { expect, test } from "vitest";
import { type AskedPolicy, OPEN_POLICY, PLAIN_POLICY } from "../build/write-policy.ts";
import { askedPolicyFromWire, askedPolicyToWire, policyFromWire } from "./write-policy.ts";

test.each<AskedPolicy>([
  OPEN_POLICY,
  PLAIN_POLICY,
  { rewrite: "refresh", proof: "compared", capacity: "surface", acceptRepaired: true },
])("askedPolicyFromWire() gives back what askedPolicyToWire() sent: %j", (policy) => {
  const bytes = WireAsked.encode(askedPolicyToWire(policy)).finish();
  expect(askedPolicyFromWire(WireAsked.decode(bytes))).toEqual(policy);
});

test("askedPolicyFromWire() leaves all open for who asks for nothing", () => {
  expect(askedPolicyFromWire(undefined)).toEqual(OPEN_POLICY);
});

test.each([{ rewrite: "" }, { rewrite: "later" }, { proof: "hope" }, { capacity: "guess" }])(
  "askedPolicyFromWire() does not take %j",
  (change) => {
    expect(askedPolicyFromWire({ ...askedPolicyToWire(OPEN_POLICY), ...change })).toBeNull();
  },
);

test("policyFromWire() has everything written and read back for a controller that says nothing", () => {
  expect(policyFromWire(undefined)).toEqual(PLAIN_POLICY);
});

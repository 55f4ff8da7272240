import { OPEN_POLICY } from "@stickfarm/common/build/write-policy";
import { expect, test } from "vitest";
import { renderPolicy } from "./render-policy.ts";

test("renderPolicy() says what was left open", () => {
  expect(renderPolicy(OPEN_POLICY)).toBe(
    "rewrite auto, proof by the stick's record, capacity check by the stick's record",
  );
});

test("renderPolicy() names what was settled", () => {
  expect(
    renderPolicy({ rewrite: "full", proof: "compared", capacity: "probe", acceptRepaired: true }),
  ).toBe("rewrite full, proof compared, capacity check probe, repaired sticks accepted");
});

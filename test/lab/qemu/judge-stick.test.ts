import { expect, test } from "vitest";
import { judgeStick, type Said, type Seen } from "./judge-stick.ts";

const BEFORE = "before";
const untouched: Seen = { digest: BEFORE, startsWithZeros: false, isWhole: false };
const whole: Seen = { digest: "after", startsWithZeros: false, isWhole: true };
const erased: Seen = { digest: "after", startsWithZeros: true, isWhole: false };
const torn: Seen = { digest: "after", startsWithZeros: false, isWhole: false };

const succeeded: Said = { state: "succeeded", dirty: false };
const dirty: Said = { state: "failed", dirty: true };
const clean: Said = { state: "failed", dirty: false };

test.each([
  ["never ordered", null, untouched, []],
  ["never ordered", null, erased, ["was never ordered, and was written"]],
  ["succeeded", succeeded, whole, []],
  ["succeeded", succeeded, torn, ["is said to have succeeded, and does not hold what was ordered"]],
  [
    "succeeded",
    succeeded,
    untouched,
    ["is said to have succeeded, and does not hold what was ordered"],
  ],
  ["failed and dirty", dirty, erased, []],
  ["failed and dirty", dirty, untouched, []],
  ["failed and dirty", dirty, whole, []],
  ["failed and dirty", dirty, torn, ["has failed, and begins with something that may boot"]],
  ["canceled and dirty", { ...dirty, state: "canceled" }, erased, []],
  ["failed and untouched", clean, untouched, []],
  ["failed and untouched", clean, erased, ["is said to be untouched, and was written"]],
  ["without an end", { state: "running", dirty: true }, erased, ["is running for good"]],
] as const)("judgeStick(): %s, %o, %o", (_name, said, seen, broken) => {
  expect(judgeStick(said, seen, BEFORE)).toEqual(broken);
});

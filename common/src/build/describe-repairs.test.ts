import { expect, test } from "vitest";
import { KIB } from "../bytes.ts";
import { describeRepairs } from "./describe-repairs.ts";

test.each([
  [0, 0, null],
  [1, 256 * KIB, "repaired 1 range, 256 KiB"],
  [3, 768 * KIB, "repaired 3 ranges, 768 KiB"],
])("describeRepairs() of %i ranges", (repairedRanges, repairedBytes, words) => {
  expect(describeRepairs({ repairedRanges, repairedBytes })).toBe(words);
});

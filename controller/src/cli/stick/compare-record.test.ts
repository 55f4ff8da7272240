import { StickAttempt } from "@stickfarm/proto/stickfarm/v1/operator";
import { expect, test } from "vitest";
import { compareRecord } from "./compare-record.ts";

const PASSPORT = {
  stickId: "1".repeat(32),
  buildId: "b1",
  manifestSha256: "a".repeat(64),
  serial: "4C530001",
  orderedAt: "",
};
const GOOD = {
  stickId: PASSPORT.stickId,
  buildId: "b1",
  manifestSha256: PASSPORT.manifestSha256,
  outcome: "succeeded",
};

test.each([
  ["agrees", [GOOD]],
  ["agrees", [{ ...GOOD, stickId: "0", buildId: "b0" }, GOOD]],
  ["differs", [GOOD, { ...GOOD, stickId: "2", buildId: "b2" }]],
  ["differs", [{ ...GOOD, outcome: "failed" }]],
  ["differs", [{ ...GOOD, manifestSha256: "other" }]],
  ["unknown", [{ ...GOOD, stickId: "2" }]],
  ["unknown", []],
])("compareRecord() %s with %j", (result, attempts) => {
  const made = attempts.map((attempt) => StickAttempt.fromPartial(attempt));
  const histories = [{ stick: undefined, attempts: made }];
  expect(compareRecord(PASSPORT, histories).result).toBe(result);
});

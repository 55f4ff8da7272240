import { expect, test } from "vitest";
import { type Finding, judgeProbe } from "./judge-probe.ts";

/** "+" good, "-" lost, a number: the block of that place; one place every 100 bytes. */
function findings(...marks: readonly (string | number)[]): readonly Finding[] {
  return marks.map((mark, index) => ({
    offsetBytes: 100 * index,
    found:
      typeof mark === "number"
        ? { kind: "foreign", belongsAtBytes: 100 * mark }
        : { kind: mark === "+" ? "good" : "lost" },
  }));
}

test.each([
  ["nothing wrong", findings("+", "+", "+"), { kind: "good" }],
  ["nothing asked", [], { kind: "good" }],
  [
    "all lost from some place on",
    findings("+", "+", "+", "-", "-"),
    { kind: "fake", usableBytes: 300 },
  ],
  ["only the end lost", findings("+", "+", "+", "-"), { kind: "fake", usableBytes: 300 }],
  [
    "addresses that wrap, the low ones written last",
    findings("+", "+", "+", 0, 1, 2, 0),
    { kind: "fake", usableBytes: 300 },
  ],
  [
    "addresses that wrap, the high ones written last",
    findings(6, 4, 5, 6, "+", "+", "+"),
    { kind: "fake", usableBytes: 300 },
  ],
  [
    "addresses that wrap, and a part of that is lost",
    findings("+", "+", "-", "-", 0, 1, "-", "-"),
    { kind: "fake", usableBytes: 200 },
  ],
  [
    "foreign blocks of a cache, where good places show that nothing wraps",
    findings("+", "+", "+", "+", 6, 7, "+", "+"),
    { kind: "fake", usableBytes: 400 },
  ],
  ["one bad place", findings("+", "-", "+", "+"), { kind: "damaged", offsetBytes: 100 }],
  ["many bad places", findings("-", "+", "-", "+", "-", "+"), { kind: "fake", usableBytes: 0 }],
])("judgeProbe() of %s", (_, found, verdict) => {
  expect(judgeProbe(found)).toEqual(verdict);
  expect(judgeProbe(found.toReversed())).toEqual(verdict);
});

import { expect, test } from "vitest";
import { type Row, renderRows } from "./render-rows.ts";

const good: Row = { done: "four at once", outcome: "succeeded", tookMs: 31_000, broken: [] };

test("renderRows() gives a row for each thing done, and the verdict in the end", () => {
  expect(renderRows([good, { ...good, done: "pulled", tookMs: 900 }]).split("\n")).toEqual([
    "what was done  outcome    time to it",
    "four at once   succeeded  31s",
    "pulled         succeeded  0.9s",
    "",
    "2 rows, no law broken",
  ]);
});

test("renderRows() names each broken law, and counts the rows that have any", () => {
  const bad: Row = { ...good, broken: ["was written", "boots"] };
  const lines = renderRows([good, bad]).split("\n");
  expect(lines[2]).toContain("BROKEN: it was written; it boots");
  expect(lines.at(-1)).toBe("2 rows, laws broken in 1 rows");
});

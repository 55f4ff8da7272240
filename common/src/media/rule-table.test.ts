import { expect, test } from "vitest";
import { RULES } from "./rule-table.ts";

const rules = Object.entries(RULES);

test("RULES: every id is kebab-case, and every rule says in a line what is found", () => {
  expect(rules.map(([id]) => id).filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)+$/.test(id))).toEqual([]);
  const bad = rules.filter(([, { meaning }]) => !/^[A-Za-z0-9].{10,90}[^.]$/.test(meaning));
  expect(bad).toEqual([]);
});

test("RULES: no two rules mean the same", () => {
  expect(new Set(rules.map(([, { meaning }]) => meaning)).size).toBe(rules.length);
});

test("RULES: what only warns becomes no problem of its own", () => {
  const warnings = rules.filter(([, { severity }]) => severity === "warning");
  expect(warnings.filter(([, { code }]) => code !== "definition_invalid")).toEqual([]);
});

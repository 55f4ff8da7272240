import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RULES } from "@stickfarm/common/media/rule-table";
import { expect, test } from "vitest";
import { NOW_MS } from "./compile-fixture.ts";
import { readDefinition, readTaskSequence } from "./read-definition.ts";
import { FIXTURE_LIBRARY, RULE_FIXTURES, RULES_APART, type RuleFixture } from "./rule-fixture.ts";

const FIXTURES: readonly (readonly [string, RuleFixture])[] = Object.entries(RULE_FIXTURES);
const ROOT = join(import.meta.dirname, "../../..");

test.each(FIXTURES)("%s is found, and nothing else", (id, fixture) => {
  expect(rulesFoundIn(fixture)).toEqual([id, ...(fixture.also ?? [])]);
});

test("RULES: each has a fixture, or a test of its own that names it", () => {
  const without = Object.keys(RULES).filter((id) => !(id in RULE_FIXTURES));
  expect(without.sort()).toEqual(Object.keys(RULES_APART).sort());
  const unnamed = Object.entries(RULES_APART).filter(
    ([id, path]) => !readFileSync(join(ROOT, path), "utf8").includes(id),
  );
  expect(unnamed).toEqual([]);
});

test.each(FIXTURES)("%s has a place and a remedy", (_, fixture) => {
  for (const { line, column, rule, remedy } of findingsOf(fixture)) {
    expect([line, column].every((count) => count >= 1)).toBe(true);
    expect(rule).toMatch(/^[a-z].*[^.]$/s);
    expect(remedy).toMatch(/^[A-Z].*([^.]|\.\.\.)$/s);
  }
});

function rulesFoundIn(fixture: RuleFixture): readonly string[] {
  return findingsOf(fixture).map(({ ruleId }) => ruleId);
}

function findingsOf({ yaml, kind, library }: RuleFixture) {
  const circumstances = { nowMs: NOW_MS, library: { ...FIXTURE_LIBRARY, ...library } };
  return (kind === "TaskSequence" ? readTaskSequence : readDefinition)(yaml, circumstances)
    .findings;
}

import { expect, test } from "vitest";
import { DEFINITION_BYTES_MAX, readYaml } from "./read-yaml.ts";

test("readYaml() gives the value and the place of everything in it", () => {
  const yaml = readYaml("# comment\na: 1\nlist:\n  - x: yes\n    y: [p, q]\n  - null\nlast:\n");
  expect(yaml.errors).toEqual([]);
  expect(yaml.value).toEqual({ a: 1, list: [{ x: "yes", y: ["p", "q"] }, null], last: null });
  expect(yaml.placeOf(["a"], "key")).toEqual({ line: 2, column: 1 });
  expect(yaml.placeOf(["a"], "value")).toEqual({ line: 2, column: 4 });
  expect(yaml.placeOf(["list", 0, "y", 1], "value")).toEqual({ line: 5, column: 12 });
  expect(yaml.placeOf(["list", 1], "value")).toEqual({ line: 6, column: 5 });
});

test("readYaml() places what is missing at the key of what it is missing from", () => {
  const yaml = readYaml("a: 1\nspec:\n  list:\n    - x: 1\n");
  expect(yaml.placeOf(["spec", "none"], "value")).toEqual({ line: 2, column: 1 });
  expect(yaml.placeOf(["spec", "list", 0, "none"], "value")).toEqual({ line: 4, column: 7 });
  expect(yaml.placeOf(["none", "deeper"], "value")).toEqual({ line: 1, column: 1 });
  expect(yaml.placeOf([], "value")).toEqual({ line: 1, column: 1 });
});

test("readYaml() follows YAML 1.2: yes, dates and bases are text, true and null are not", () => {
  const text = "[yes, On, 2026-12-01T00:00:00Z, 1_000, 0o7, 0x1F, true, ~, '7']";
  expect(readYaml(text).value).toEqual([
    "yes",
    "On",
    "2026-12-01T00:00:00Z",
    "1_000",
    7,
    31,
    true,
    null,
    "7",
  ]);
});

test("readYaml() resolves aliases", () => {
  const yaml = readYaml("a: &x { k: [1] }\nb: *x\nc: &y text\nd: *y\n");
  expect(yaml.errors).toEqual([]);
  expect(yaml.value).toEqual({ a: { k: [1] }, b: { k: [1] }, c: "text", d: "text" });
  expect(yaml.placeOf(["b"], "value")).toEqual({ line: 2, column: 4 });
});

test("readYaml() keeps __proto__ a key", () => {
  const { value } = readYaml("__proto__: { polluted: true }\n");
  expect(Object.keys(value as object)).toEqual(["__proto__"]);
  expect("polluted" in (value as object)).toBe(false);
});

test.each([
  ["a: 1\nb: 2\na: 3\n", 3, 1, "is the same key again"],
  ["x: { a: 1, a: 2 }\n", 1, 12, "is the same key again"],
  ["a: *none\n", 1, 4, "is an alias without an anchor before it"],
  ["a: *later\nb: &later 1\n", 1, 4, "is an alias without an anchor before it"],
  ["*!", 1, 1, "is an alias without an anchor before it"],
  ["a: !secret b\n", 1, 4, "has a tag that definitions do not use"],
  ["a: !!binary aGk=\n", 1, 4, "has a tag that definitions do not use"],
  ["a: 1\n---\nb: 2\n", 2, 1, "is a second document, must be one"],
  ["a:\n\tb: 1\n", 2, 1, "is indented with a tab"],
  ["a: 'x\n", 2, 1, "lacks a character: a closing quote or bracket, a comma, a colon or a space"],
  ['a: "\\q"\n', 1, 5, "has a backslash that escapes nothing"],
  ["a: [1, 2\n", 2, 1, "is indented wrongly, or not closed"],
  ["a: b: c\n", 1, 4, "is a nested mapping on one line"],
  ["? [x]\n: 1\n", 1, 3, "is a key that is no text"],
  ["%YAML 9.9\n---\na: 1\n", 1, 7, "is no directive that YAML knows"],
  ["a: @x\n", 1, 4, "begins with a character that plain text cannot begin with"],
])("readYaml() finds in %j what is wrong", (text, line, column, rule) => {
  const { errors } = readYaml(text);
  expect(errors.map((error) => [error.line, error.column, error.rule])).toContainEqual([
    line,
    column,
    rule,
  ]);
});

test("readYaml() repeats nothing of the text in an error", () => {
  const canary = "canary-7c1f";
  for (const form of [
    `a: *${canary}`,
    `a: !${canary} x`,
    `a: "${canary}`,
    `a: %${canary}`,
    `@${canary}`,
  ]) {
    const { errors } = readYaml(form);
    expect(errors).not.toEqual([]);
    expect(JSON.stringify(errors)).not.toContain(canary);
  }
});

test.each([
  ["flow lists", "[".repeat(100_000), "is nested too deep"],
  ["flow mappings", "{a: ".repeat(60_000), "is nested too deep"],
  ["lists in lists", "- ".repeat(100_000), "is nested too deep"],
  ["keys in keys", "? ".repeat(100_000), "is nested too deep"],
  ["an anchor in itself", "a: &x [*x]\n", "is nested too deep"],
  ["many values", "- a\n".repeat(30_000), "has too many parts"],
  ["many documents", "---\n".repeat(30_000), "has too many parts"],
  ["brackets that close nothing", "]".repeat(200_000), "has too many parts"],
  ["many aliases", `- &x 1\n${"- *x\n".repeat(200)}`, "has too many aliases"],
  ["aliases of aliases", laughs(), "has too many"],
  ["too many bytes", "#".repeat(DEFINITION_BYTES_MAX + 1), `at most ${DEFINITION_BYTES_MAX}`],
  ["too many bytes of few characters", "é".repeat(DEFINITION_BYTES_MAX / 2 + 1), "at most"],
])("readYaml() bounds %s", { timeout: 60_000 }, (_what, text, rule) => {
  const { errors } = readYaml(text);
  expect(errors.map((error) => error.rule).join("\n")).toContain(rule);
});

test("readYaml() makes no values beyond its bounds", () => {
  const many = readYaml("- a\n".repeat(30_000)).value;
  expect(many).toHaveLength(30_000);
  expect((many as unknown[]).filter((value) => value === "a").length).toBe(19_999);
  const aliased = readYaml(`- &x a\n${"- *x\n".repeat(200)}`).value;
  expect((aliased as unknown[]).filter((value) => value === "a").length).toBe(101);
});

/** Ten aliases of ten aliases of ten ...: 10^9 values when written out. */
function laughs(): string {
  const letters = "abcdefghi".split("");
  const lines = letters.map((letter, index) => {
    const before = letters[index - 1];
    const item = before === undefined ? "x" : `*${before}`;
    return `${letter}: &${letter} [${Array(10).fill(item).join(", ")}]`;
  });
  return lines.join("\n");
}

import { expect, test } from "vitest";
import { findingAt, quote, renderPath } from "./finding.ts";

test("renderPath() writes keys with dots, indices in brackets and odd keys in quotes", () => {
  const at = ["spec", "variables", 0, "my-key", "a b", "", "x\u001b[2J"];
  expect(renderPath(at)).toBe('spec.variables[0].my-key["a b"][""]["x\\u001b[2J"]');
  expect(renderPath([])).toBe("");
});

test("quote() cuts long text and escapes what a terminal would act on", () => {
  expect(quote("a\u001b[31m\u202eb")).toBe('"a\\u001b[31m\\u202eb"');
  expect(quote("é".repeat(70))).toBe(`"${"é".repeat(60)}…"`);
  expect(quote("x".repeat(60))).toBe(`"${"x".repeat(60)}"`);
});

test("findingAt() takes severity and code from the rule", () => {
  expect(findingAt("label-empty", ["a"], "is b", "Write c")).toEqual({
    ruleId: "label-empty",
    severity: "error",
    code: "definition_invalid",
    at: ["a"],
    part: "value",
    rule: "is b",
    remedy: "Write c",
  });
  expect(findingAt("autorun-blocked", [], "", "").severity).toBe("warning");
  expect(findingAt("secret-unknown", [], "", "").code).toBe("secret_unknown");
});

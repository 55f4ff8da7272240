import type { Finding } from "@stickfarm/proto/stickfarm/v1/operator";
import { expect, test } from "vitest";
import { countFindings, renderFindings } from "./render-findings.ts";

const ERROR: Finding = {
  ruleId: "label-forbidden-character",
  severity: "error",
  line: 12,
  column: 5,
  path: "spec.output.label",
  rule: 'it is "HQ*BOOT", it must hold only characters that FAT allows',
  remedy: "Leave out the *",
};
const WARNING: Finding = {
  ...ERROR,
  ruleId: "",
  severity: "warning",
  line: 0,
  column: 0,
  remedy: "",
};

test("renderFindings() prints place, rule with its id, and remedy", () => {
  expect(renderFindings("hq.yaml", [ERROR, WARNING], { color: false })).toBe(
    [
      'hq.yaml:12:5: error: spec.output.label: it is "HQ*BOOT", it must hold only characters that FAT allows [label-forbidden-character]',
      "    Leave out the *",
      'hq.yaml: warning: spec.output.label: it is "HQ*BOOT", it must hold only characters that FAT allows',
      "",
    ].join("\n"),
  );
});

test("renderFindings() lets no definition steer the terminal", () => {
  const nasty = "\u001b[2J\u202e\nX";
  const finding = { ...ERROR, ruleId: nasty, path: nasty, rule: nasty, remedy: nasty };
  const text = renderFindings(nasty, [finding], { color: false });
  expect(text).not.toMatch(/[^\P{C}\n]/u);
  expect(text.split("\n")).toHaveLength(3);
});

test.each([
  [[], "no findings"],
  [[ERROR], "1 error"],
  [[ERROR, WARNING, ERROR], "2 errors, 1 warning"],
])("countFindings() of %# is %s", (findings, text) => {
  expect(countFindings(findings)).toBe(text);
});

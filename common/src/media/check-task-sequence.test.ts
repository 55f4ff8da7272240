import { expect, test } from "vitest";
import { checkTaskSequence } from "./check-task-sequence.ts";
import { renderFinding } from "./rules/test-findings.ts";
import { libraryOf, treeContent } from "./test-library.ts";

const GOOD = {
  apiVersion: "stickfarm/v1",
  kind: "TaskSequence",
  metadata: { name: "install-w11", description: "Windows 11" },
  spec: { packages: ["os-w11", "drivers"], preferredDeployment: "P0120012" },
};

test("checkTaskSequence() gives a task sequence with every default filled in", () => {
  expect(checkTaskSequence(GOOD, { library: null })).toEqual({
    findings: [],
    definition: {
      kind: "TaskSequence",
      metadata: { name: "install-w11", description: "Windows 11", labels: {} },
      spec: GOOD.spec,
    },
  });
  const { definition } = checkTaskSequence({ ...GOOD, spec: {} }, { library: null });
  expect(definition?.spec).toEqual({ packages: [], preferredDeployment: null });
});

const REFUSED: readonly (readonly [raw: unknown, text: string | RegExp])[] = [
  [null, "error : is no task sequence, must be a mapping with apiVersion, kind, metadata and spec"],
  [{ ...GOOD, kind: "DiskImage" }, 'error kind: is "DiskImage", must be TaskSequence'],
  [
    { ...GOOD, spec: { ...GOOD.spec, steps: [] } },
    "error spec.steps: is not a field of a definition",
  ],
  [{ ...GOOD, spec: { packages: "os" } }, "error spec.packages: is text, must be a list"],
  [{ ...GOOD, metadata: { name: "A" } }, /^error metadata\.name: is "A", must be/],
  [{ ...GOOD, spec: { packages: ["B"] } }, /^error spec\.packages\[0\]: is "B", must be/],
  [
    { ...GOOD, spec: { packages: ["a", "b", "a"] } },
    "error spec.packages[2]: is the same as packages[0]",
  ],
  ...["p0120012", "P012001", "P0120012;x", "{P0120012}", ""].map(
    (preferredDeployment) =>
      [
        { ...GOOD, spec: { ...GOOD.spec, preferredDeployment } },
        "error spec.preferredDeployment: is no id of a deployment, must be the site's code and 5 digits of 0-9 and A-F",
      ] as const,
  ),
];

test.each(REFUSED)("checkTaskSequence() refuses %j", (raw, text) => {
  const { findings, definition } = checkTaskSequence(raw, { library: null });
  expect(definition).toBeNull();
  const errors = findings.filter(({ severity }) => severity === "error").map(renderFinding);
  expect(errors).toHaveLength(1);
  if (typeof text === "string") expect(errors).toEqual([text]);
  else expect(errors[0]).toMatch(text);
});

test("checkTaskSequence() warns of one that names no package", () => {
  const { findings } = checkTaskSequence({ ...GOOD, spec: { packages: [] } }, { library: null });
  expect(findings.map(renderFinding)).toEqual([
    "warning spec.packages: names no package: what it uses is not looked after",
  ]);
});

test("checkTaskSequence() looks its packages up", () => {
  const library = libraryOf([treeContent("os-w11"), treeContent("driver")], []);
  const { findings, definition } = checkTaskSequence(GOOD, { library });
  expect(definition).toBeNull();
  expect(findings.map(({ code, remedy }) => [code, remedy])).toEqual([
    ["content_unknown", 'Did you mean "driver"?'],
  ]);
});

import { expect, test } from "vitest";
import { z } from "zod";
import { describeIssue } from "./describe-issue.ts";
import { renderFinding } from "./rules/test-findings.ts";

const SHAPE = z.strictObject({
  name: z.string(),
  mode: z.enum(["dynamic", "siteBased"]).optional(),
  on: z.boolean().optional(),
  points: z.array(z.strictObject({ url: z.string(), port: z.string().optional() })).optional(),
  nested: z.strictObject({ inner: z.strictObject({ partitionTable: z.string() }) }).optional(),
  labels: z.record(z.string(), z.string()).optional(),
});

test.each([
  [{}, "name: is missing, must be text", "Add name"],
  [{ name: null }, "name: is empty, must be text", "Give it a value, or leave the key out"],
  [{ name: 7 }, "name: is a number, must be text", "Put the value in quotes"],
  [{ name: true }, "name: is true, must be text", "Put the value in quotes"],
  [{ name: [] }, "name: is a list, must be text", "Write text"],
  [{ name: {} }, "name: is a mapping, must be text", "Write text"],
  [{ name: "a", on: "yes" }, "on: is text, must be true or false", "Write true, without quotes"],
  [{ name: "a", on: "Off" }, "on: is text, must be true or false", "Write false, without quotes"],
  [{ name: "a", on: "maybe" }, "on: is text, must be true or false", "Write true or false"],
  [{ name: "a", on: 1 }, "on: is a number, must be true or false", "Write true or false"],
  [
    { name: "a", mode: "dynamc" },
    'mode: is "dynamc", must be dynamic or siteBased',
    'Did you mean "dynamic"?',
  ],
  [
    { name: "a", mode: "x" },
    'mode: is "x", must be dynamic or siteBased',
    "Write dynamic or siteBased",
  ],
  [
    { name: "a", mode: "TaskSequence" },
    'mode: is "TaskSequence", must be dynamic or siteBased',
    "Store it with `stickfarm task-sequence apply`",
  ],
  [
    { name: "a", mode: null },
    "mode: is empty, must be dynamic or siteBased",
    "Give it a value, or leave the key out",
  ],
  [{ name: "a", points: {} }, "points: is a mapping, must be a list", "Write a list"],
  [{ name: "a", points: [{}] }, "points[0].url: is missing, must be text", "Add url"],
  [{ name: "a", points: ["x"] }, "points[0]: is text, must be a mapping", "Write a mapping"],
  [
    { name: "a", labels: { x: 1 } },
    "labels.x: is a number, must be text",
    "Put the value in quotes",
  ],
  [
    { name: "a", points: [{ url: "u", prot: "1" }] },
    "points[0].prot: is not a field of a definition",
    'Did you mean "port"?',
  ],
  [
    { name: "a", nested: { inner: { partitionTable: "x", partition_tables: 1 } } },
    "nested.inner.partition_tables: is not a field of a definition",
    'Did you mean "partitionTable"?',
  ],
  [
    { name: "a", toaster: 1 },
    "toaster: is not a field of a definition",
    "Remove it; the fields here are name, mode, on, points, nested, labels",
  ],
])("describeIssue() says of %j what is, what must be and what to do", (root, text, remedy) => {
  const findings = describe(root);
  expect(findings.map(renderFinding)).toEqual([`error ${text}`]);
  expect(findings.map((finding) => finding.remedy)).toEqual([remedy]);
});

test("describeIssue() names each unknown key, and points at the key", () => {
  const root = JSON.parse('{"name": "a", "x": 1, "__proto__": 2, "constructor": 3}');
  const findings = describe(root);
  expect(findings.map(({ at, part }) => [at, part])).toEqual([
    [["x"], "key"],
    [["__proto__"], "key"],
    [["constructor"], "key"],
  ]);
});

test("describeIssue() repeats no text where any text may stand", () => {
  const canary = "canary-7c1f";
  const root = { name: [canary], on: canary, points: [canary], nested: canary, x: canary };
  expect(JSON.stringify(describe(root))).not.toContain(canary);
});

function describe(root: unknown) {
  const parsed = SHAPE.safeParse(root);
  if (parsed.success) return [];
  return parsed.error.issues.flatMap((issue) => describeIssue(SHAPE, root, issue));
}

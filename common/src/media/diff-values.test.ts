import fc from "fast-check";
import { expect, test } from "vitest";
import { diffValues } from "./diff-values.ts";

const BEFORE = {
  spec: {
    unattended: false,
    output: { label: "A", usb: { partitionTable: "mbr" } },
    management: { managementPoints: [{ url: "http://a" }, { url: "http://b" }] },
    variables: [
      { name: "x", value: "1" },
      { name: "y", value: "2" },
    ],
  },
};

test("diffValues() finds nothing between equal values", () => {
  expect(diffValues(BEFORE, structuredClone(BEFORE))).toEqual([]);
});

test("diffValues() names each field by its path, what it was and what it is", () => {
  const after = structuredClone(BEFORE);
  after.spec.output.label = "B";
  after.spec.management.managementPoints = [{ url: "http://b" }, { url: "http://a" }];
  expect(diffValues(BEFORE, after)).toEqual([
    { path: "spec.output.label", before: "A", after: "B" },
    { path: "spec.management.managementPoints[0].url", before: "http://a", after: "http://b" },
    { path: "spec.management.managementPoints[1].url", before: "http://b", after: "http://a" },
  ]);
});

test("diffValues() lists every field of a part that was added or removed", () => {
  const after = { spec: { ...BEFORE.spec, prestart: { command: "c", package: "p" } } };
  const added = diffValues(BEFORE, after);
  expect(added).toEqual([
    { path: "spec.prestart.command", before: undefined, after: "c" },
    { path: "spec.prestart.package", before: undefined, after: "p" },
  ]);
  expect(diffValues(after, BEFORE)).toEqual(
    added.map(({ path, after: before }) => ({ path, before, after: undefined })),
  );
});

test("diffValues() compares variables by name, and tells of another order", () => {
  const [x, y] = BEFORE.spec.variables;
  const z = { name: "z", value: "3" };
  expect(diffValues({ v: [x, y] }, { v: [z, x, y] })).toEqual([
    { path: "v.z.name", before: undefined, after: "z" },
    { path: "v.z.value", before: undefined, after: "3" },
  ]);
  expect(diffValues({ v: [x, y] }, { v: [y, x] })).toEqual([
    { path: "v (order)", before: ["x", "y"], after: ["y", "x"] },
  ]);
});

test.each([
  [1, "1"],
  [{ a: 1 }, [1]],
  [null, {}],
  [undefined, []],
  [{}, undefined],
])("diffValues() tells %j from %j", (before, after) => {
  expect(diffValues({ a: before }, { a: after })).toEqual([{ path: "a", before, after }]);
});

test("diffValues() is empty for equal values alone", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
      const isEqual = JSON.stringify(sorted(before)) === JSON.stringify(sorted(after));
      expect(diffValues(before, after).length === 0).toBe(isEqual);
      expect(diffValues(before, structuredClone(before))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, member]) => [key, sorted(member)] as const);
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

import { expect, test } from "vitest";
import { pathKey, valueAt, withoutValues } from "./value-at.ts";

const ROOT = { a: [{ b: 1 }, null, "text"], 0: "zero" };

test("valueAt() follows keys and indices", () => {
  expect(valueAt(ROOT, [])).toBe(ROOT);
  expect(valueAt(ROOT, ["a", 0, "b"])).toBe(1);
  expect(valueAt(ROOT, ["a", 1])).toBeNull();
});

test.each([
  [["x"]],
  [["a", 9]],
  [["a", 1, "b"]],
  [["a", 2, "length"]],
  [["toString"]],
  [["__proto__"]],
])("valueAt() finds nothing at %j", (path) => {
  expect(valueAt(ROOT, path)).toBeUndefined();
});

test("withoutValues() takes out what lies at the paths and keeps keys, indices and the original", () => {
  const copy = withoutValues(ROOT, [
    ["a", 0, "b"],
    ["a", 2],
  ]);
  expect(copy).toEqual({ 0: "zero", a: [{ b: undefined }, null, undefined] });
  expect(valueAt(copy, ["a"])).toHaveLength(3);
  expect(ROOT.a[0]).toEqual({ b: 1 });
});

test("withoutValues() keeps a key called __proto__ a key", () => {
  const copy = withoutValues(JSON.parse('{"__proto__": {"x": 1}}'), []);
  expect(Object.keys(copy as object)).toEqual(["__proto__"]);
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
});

test("pathKey() tells apart paths that look alike", () => {
  const paths = [[], [0], ["0"], ["a", "b"], ["a,b"], ['a","b'], ["a"], ["a", ""]];
  expect(new Set(paths.map(pathKey)).size).toBe(paths.length);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { renderCanonicalJson, renderPrettyJson } from "./canonical-json.ts";

test("renderCanonicalJson() gives one text for one value, whatever order its keys were set in", () => {
  const text = '{"10":0,"9":0,"B":[1,{"x":null,"y":true}],"a":"ä\\n"}';
  expect(renderCanonicalJson({ a: "ä\n", B: [1, { y: true, x: null }], 9: 0, 10: 0 })).toBe(text);
  expect(renderCanonicalJson({ 10: 0, B: [1, { x: null, y: true }], a: "ä\n", 9: 0 })).toBe(text);
});

test("renderCanonicalJson() leaves out what is undefined", () => {
  expect(renderCanonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
});

test("renderCanonicalJson() and renderPrettyJson() lose nothing of a JSON value", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const plain: unknown = JSON.parse(JSON.stringify(value));
      expect(JSON.parse(renderCanonicalJson(value))).toEqual(plain);
      expect(JSON.parse(renderPrettyJson(value))).toEqual(plain);
    }),
  );
});

test("renderPrettyJson() writes two spaces a level and ends with a line end", () => {
  expect(renderPrettyJson({ b: [1, { c: "x\ny" }], a: {}, d: [] })).toBe(
    '{\n  "a": {},\n  "b": [\n    1,\n    {\n      "c": "x\\ny"\n    }\n  ],\n  "d": []\n}\n',
  );
});

test.each([
  ["a number that JSON cannot hold", Number.NaN],
  ["infinity", Number.POSITIVE_INFINITY],
  ["undefined in an array", [undefined]],
  ["a function", () => 1],
  ["a Map", new Map()],
  ["a Date", new Date(0)],
  ["a bigint", 1n],
  ["a Uint8Array", new Uint8Array(1)],
])("renderCanonicalJson() refuses %s", (_what, value) => {
  expect(() => renderCanonicalJson(value)).toThrow(/Invariant broken/);
});

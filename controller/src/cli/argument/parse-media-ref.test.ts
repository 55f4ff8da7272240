import { expect, test } from "vitest";
import { parseMediaRef } from "./parse-media-ref.ts";

test("parseMediaRef() reads a name with and without its revision", () => {
  expect(parseMediaRef("hq")).toEqual({ ok: true, value: { name: "hq", revision: 0 } });
  expect(parseMediaRef("hq@12")).toEqual({ ok: true, value: { name: "hq", revision: 12 } });
});

test.each(["", "@3", "hq@", "hq@0", "hq@-1", "hq@1.5", "hq@x", "hq@3@4", "h q", "hq@9999999999"])(
  "parseMediaRef() refuses %j",
  (text) => {
    const result = parseMediaRef(text);
    expect(result.ok ? "taken" : result.problem.code).toBe("usage");
  },
);

import { expect, test } from "vitest";
import { parseManifest } from "./manifest.ts";

test.each(['{"formatVersion":2}', "{}", "[]", "null", '"x"'])(
  "parseManifest() refuses %s",
  (text) => {
    expect(parseManifest(new TextEncoder().encode(text))).toMatchObject({
      problem: { code: "protocol_unsupported" },
    });
  },
);

test("parseManifest() reads format 1", () => {
  expect(parseManifest(new TextEncoder().encode('{"formatVersion":1}')).ok).toBe(true);
});

import { ulid } from "ulid";
import { expect, test } from "vitest";
import { parseRequestId } from "./parse-request-id.ts";

test("parseRequestId() takes a ULID in either case", () => {
  const id = ulid();
  expect(parseRequestId(id)).toEqual({ ok: true, value: id });
  expect(parseRequestId(id.toLowerCase())).toEqual({ ok: true, value: id });
});

test.each([
  "",
  "1",
  "../../../../../../etc/passwd",
  `${"0".repeat(25)}U`,
  "8".padEnd(26, "0"),
  "0".repeat(27),
])("parseRequestId() refuses %j", (text) => {
  const result = parseRequestId(text);
  expect(result.ok ? "taken" : result.problem.code).toBe("usage");
});

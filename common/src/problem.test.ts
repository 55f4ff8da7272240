import { expect, test } from "vitest";
import { isProblemCode, PROBLEMS, remedyOf } from "./problem.ts";

const codes = Object.keys(PROBLEMS).filter(isProblemCode);

test("PROBLEMS: every code is snake_case and tells a person what to do", () => {
  expect(codes.length).toBeGreaterThan(50);
  expect(codes.filter((code) => !/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(code))).toEqual([]);
  expect(codes.filter((code) => !/^[A-Z`].*[^.]$/s.test(remedyOf(code)))).toEqual([]);
});

test("PROBLEMS: what tries again by itself was not refused for safety or for its input", () => {
  const again = codes.filter((code) => PROBLEMS[code].retry === "clean");
  const wrong = again.filter((code) => PROBLEMS[code].exit === 2 || PROBLEMS[code].exit === 3);
  expect(wrong).toEqual([]);
});

test.each(["", "unknown_code", "toString", "__proto__", "constructor"])(
  "isProblemCode() refuses %j",
  (text) => {
    expect(isProblemCode(text)).toBe(false);
  },
);

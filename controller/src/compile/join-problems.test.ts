import { expect, test } from "vitest";
import { joinProblems } from "./join-problems.ts";

test("joinProblems() keeps one problem as it is, and the code of the first of several", () => {
  const one = { code: "names_collide", detail: "Cannot a: b" } as const;
  const other = { code: "file_too_large", detail: "Cannot c: d" } as const;
  expect(joinProblems([one])).toEqual(one);
  expect(joinProblems([one, other])).toEqual({
    code: "names_collide",
    detail: "Cannot a: b; Cannot c: d",
  });
});

test("joinProblems() shows 20 and counts the rest", () => {
  const problems = Array.from({ length: 25 }, (_, index) => ({
    code: "names_collide" as const,
    detail: `Cannot x${index}: y`,
  }));
  const { detail } = joinProblems(problems);
  expect(detail).toMatch(/Cannot x19: y; and 5 more like these$/);
});

test("joinProblems() joins at least one", () => {
  expect(() => joinProblems([])).toThrow(/Invariant broken/);
});

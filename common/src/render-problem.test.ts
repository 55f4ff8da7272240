import { expect, test } from "vitest";
import { isProblemCode, PROBLEMS } from "./problem.ts";
import { renderProblem, renderProblemJson } from "./render-problem.ts";

test("renderProblem() prints what failed, the values and what to do", () => {
  const problem = {
    code: "drive_too_small",
    detail: 'Cannot write "a: b" to the drive in bay "1": it has 2 GiB, it must have 4 GiB',
  } as const;
  expect(renderProblem("stickfarm", problem)).toBe(
    [
      'stickfarm: Cannot write "a: b" to the drive in bay "1"',
      "  what is: it has 2 GiB, it must have 4 GiB",
      "  to do:   Use a stick of at least the size named above [drive_too_small]",
    ].join("\n"),
  );
});

test("renderProblem() prints a detail without values in two lines", () => {
  const text = renderProblem("stickfarm", { code: "internal", detail: "Cannot go on at 12:30" });
  expect(text.split("\n")[0]).toBe("stickfarm: Cannot go on at 12:30");
  expect(text.split("\n")).toHaveLength(2);
});

test("renderProblem() lets no value steer the terminal", () => {
  const detail = 'Cannot erase "\u001b[2J\u202e": it is\r"\u009b"';
  expect(renderProblem("stickfarm", { code: "internal", detail })).not.toMatch(/[^\P{C}\n]/u);
});

test("renderProblem() and renderProblemJson() have words for every problem", () => {
  const silent = Object.keys(PROBLEMS)
    .filter(isProblemCode)
    .filter((code) => {
      const problem = { code, detail: "Cannot do it: it is so" };
      const { remedy, exit } = renderProblemJson(problem);
      return remedy === "" || exit < 1 || !renderProblem("p", problem).includes(remedy);
    });
  expect(silent).toEqual([]);
});

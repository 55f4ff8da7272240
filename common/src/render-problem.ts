import type { Problem } from "./problem.ts";
import { PROBLEMS, remedyOf } from "./problem.ts";
import { sanitizeLines } from "./sanitize-text.ts";

/**
 * A problem as both programs print it, in three parts: what failed, the values, what to do.
 *
 * Shape: no line end after the last line; text without ": " has no second part.
 */
export function renderProblem(program: string, problem: Problem): string {
  const [failed, values] = splitDetail(sanitizeLines(problem.detail));
  const lines = [
    `${program}: ${failed}`,
    ...values.split("\n").map((line) => `  what is: ${line}`),
    `  to do:   ${remedyOf(problem.code)} [${problem.code}]`,
  ];
  return lines.filter((line) => line !== "  what is: ").join("\n");
}

/** The same for programs: what `-o json` writes to stderr. */
export function renderProblemJson(problem: Problem): {
  readonly code: string;
  readonly detail: string;
  readonly remedy: string;
  readonly exit: number;
} {
  return {
    code: problem.code,
    detail: problem.detail,
    remedy: remedyOf(problem.code),
    exit: PROBLEMS[problem.code].exit,
  };
}

/** At the first ": " that is not inside a quoted value: names and paths may hold one. */
function splitDetail(detail: string): readonly [string, string] {
  const match = /^((?:"[^"]*"|[^":]|:(?! ))*): ([\s\S]*)$/.exec(detail);
  return match === null ? [detail, ""] : [match[1] ?? "", match[2] ?? ""];
}

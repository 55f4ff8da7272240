import { expect, test } from "vitest";
import { isProblemCode, PROBLEMS, type Problem } from "../problem.ts";
import { parseProblemHttp, renderProblemHttp } from "./problem-http.ts";

test("every problem survives renderProblemHttp() and parseProblemHttp(), as no success", () => {
  const problems = Object.keys(PROBLEMS)
    .filter(isProblemCode)
    .map((code): Problem => ({ code, detail: `Cannot do "${code}": it is so` }));
  const back = problems.map((problem) => {
    const { status, body } = renderProblemHttp(problem);
    return status < 400 ? "success" : parseProblemHttp(status, body);
  });
  expect(back).toEqual(problems);
});

test("renderProblemHttp() tells a stranger from one without the role", () => {
  expect(renderProblemHttp({ code: "unauthenticated", detail: "" }).status).toBe(401);
  expect(renderProblemHttp({ code: "forbidden", detail: "" }).status).toBe(403);
  expect(renderProblemHttp({ code: "content_unknown", detail: "" }).status).toBe(404);
});

test("parseProblemHttp() names the status of an answer that is not ours", () => {
  const problem = parseProblemHttp(502, new TextEncoder().encode("<html>Bad gateway</html>"));
  expect(problem.code).toBe("internal");
  expect(problem.detail).toContain("502");
});

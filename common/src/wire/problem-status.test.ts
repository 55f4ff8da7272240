import { expect, test } from "vitest";
import { isProblemCode, PROBLEMS, type Problem } from "../problem.ts";
import { PROBLEM_METADATA_KEY, parseProblemStatus, renderProblemStatus } from "./problem-status.ts";

test("every problem survives renderProblemStatus() and parseProblemStatus()", () => {
  const changed = Object.keys(PROBLEMS)
    .filter(isProblemCode)
    .map((code): Problem => ({ code, detail: `Cannot do "${code}": größer als 5 GiB` }))
    .filter((problem) => {
      const back = parseProblemStatus(asError(problem));
      return back.code !== problem.code || back.detail !== problem.detail;
    });
  expect(changed).toEqual([]);
});

test("renderProblemStatus() bounds what it puts into trailers", () => {
  const status = renderProblemStatus({ code: "usage", detail: "ü".repeat(100_000) });
  expect(status.problemBytes.byteLength).toBeLessThan(4096);
  expect(encodeURIComponent(status.details).length).toBeLessThan(16_384);
});

test("renderProblemStatus() never sends the cause", () => {
  const cause = new Error("canary-7f3a");
  const status = renderProblemStatus({ code: "internal", detail: "Cannot go on", cause });
  expect(new TextDecoder().decode(status.problemBytes)).toBe(
    '{"code":"internal","detail":"Cannot go on"}',
  );
});

test("parseProblemStatus() names what the transport alone says", () => {
  const codeOf = (code: number) => parseProblemStatus({ code, details: "said", metadata: {} }).code;
  expect([14, 4, 16, 7, 12, 13, 2].map(codeOf)).toEqual([
    "controller_unreachable",
    "controller_unreachable",
    "unauthenticated",
    "forbidden",
    "protocol_unsupported",
    "internal",
    "internal",
  ]);
});

test("parseProblemStatus() keeps the words of a code that it does not know", () => {
  const bytes = new TextEncoder().encode('{"code":"stick_too_pink","detail":"Cannot write: pink"}');
  const problem = parseProblemStatus({ code: 9, details: "", metadata: { get: () => [bytes] } });
  expect(problem).toMatchObject({
    code: "internal",
    detail: "Cannot write: pink (stick_too_pink)",
  });
});

test("parseProblemStatus() takes anything that can be thrown", () => {
  const thrown: readonly unknown[] = [
    undefined,
    null,
    "text",
    7,
    new Error("broken pipe"),
    { code: "EPIPE" },
    { code: 9, metadata: { get: () => [] } },
    { code: 9, metadata: { get: () => [Uint8Array.of(0xff)] } },
    { code: 9, metadata: { get: () => ["text"] } },
  ];
  expect(thrown.map((error) => parseProblemStatus(error).code)).toEqual(
    thrown.map(() => "internal"),
  );
  expect(parseProblemStatus(new Error("broken pipe")).detail).toBe("broken pipe");
});

function asError(problem: Problem): unknown {
  const { code, details, problemBytes } = renderProblemStatus(problem);
  const get = (key: string) => (key === PROBLEM_METADATA_KEY ? [problemBytes] : []);
  return Object.assign(new Error(`${code} ${details}`), { code, details, metadata: { get } });
}

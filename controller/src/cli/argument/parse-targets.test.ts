import { expect, test } from "vitest";
import { parseTargets } from "./parse-targets.ts";

test("parseTargets() reads agents and bays, each once", () => {
  expect(parseTargets(["ws-1", "ws-2/1", "ws-2/front left", "ws-2/a/b", "ws-1"])).toEqual({
    ok: true,
    value: [
      { agent: "ws-1", bay: "" },
      { agent: "ws-2", bay: "1" },
      { agent: "ws-2", bay: "front left" },
      { agent: "ws-2", bay: "a/b" },
    ],
  });
});

test.each([
  [[]],
  [[""]],
  [["/1"]],
  [["ws-1/"]],
  [["ws-1/ 1"]],
  [["w s/1"]],
  [["ws-1", `ws-1/${"x".repeat(33)}`]],
])("parseTargets() refuses %j", (texts) => {
  const result = parseTargets(texts);
  expect(result.ok ? "taken" : result.problem.code).toBe("usage");
});

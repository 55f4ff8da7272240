import { expect, test } from "vitest";
import { parseAgentToken, renderAgentToken } from "./agent-token.ts";

const SECRET = "abcdefghijklmnopqrstuvwxyz".replace(/[0189]/g, "2");
const PIN = `${"A".repeat(42)}_`;
const TEXT = `sf1.ws-1.${SECRET}.${PIN}`;

test("renderAgentToken() and parseAgentToken() are each other's inverse, line end or not", () => {
  const token = { name: "ws-1", secret: SECRET, pin: PIN };
  expect(renderAgentToken(token)).toBe(TEXT);
  expect(parseAgentToken(TEXT)).toEqual({ ok: true, value: token });
  expect(parseAgentToken(` ${TEXT}\n`)).toEqual({ ok: true, value: token });
});

test("parseAgentToken() refuses what is no token, and repeats nothing of it", () => {
  const refused = [
    "",
    "sf1",
    `sf2.ws-1.${SECRET}.${PIN}`,
    `sf1.ws-1.${SECRET}.${PIN}.more`,
    `sf1.WS.${SECRET}.${PIN}`,
    `sf1.ws-1.${SECRET.slice(1)}.${PIN}`,
    `sf1.ws-1.${SECRET.toUpperCase()}.${PIN}`,
    `sf1.ws-1.${SECRET.replace("a", "1")}.${PIN}`,
    `sf1.ws-1.${SECRET}.${PIN.slice(1)}`,
    `sf1.ws-1.${SECRET}.${PIN.replace("_", "+")}`,
    `${TEXT}\n${TEXT}`,
  ];
  const leaks = refused.map(parseAgentToken).filter((result) => {
    return (
      result.ok ||
      result.problem.code !== "token_invalid" ||
      result.problem.detail.includes("bcdef")
    );
  });
  expect(leaks).toEqual([]);
});

import { expect, test } from "vitest";
import { AgentSessions, type LiveAgent } from "./agent-sessions.ts";

test("take() lets a newer run of an agent end the older session, and refuses an older run", () => {
  const sessions = new AgentSessions();
  const ended: string[] = [];
  const first = agent("01A", ended);
  const second = agent("01B", ended);
  expect(sessions.take(first)).toBeNull();
  expect(sessions.take(second)).toBeNull();
  expect(ended).toEqual(["01A"]);
  expect(sessions.take(agent("01A", ended))).toMatchObject({ code: "agent_superseded" });
  expect(sessions.find("ws-1")).toBe(second);
});

test("drop() of a session that was taken over leaves the new one", () => {
  const sessions = new AgentSessions();
  const first = agent("01A", []);
  const second = agent("01A", []);
  sessions.take(first);
  sessions.take(second);
  sessions.drop(first);
  expect(sessions.find("ws-1")).toBe(second);
  sessions.drop(second);
  expect(sessions.list()).toEqual([]);
});

test("phaseOf() tells of no other attempt than the one that is asked for", () => {
  const sessions = new AgentSessions();
  sessions.reach("job", { attempt: 2, phase: "write" });
  sessions.reach("job", { attempt: 1, phase: "ended" });
  expect(sessions.phaseOf("job", 2)).toBe("write");
  expect(sessions.phaseOf("job", 1)).toBeNull();
});

function agent(incarnation: string, ended: string[]): LiveAgent {
  return {
    name: "ws-1",
    incarnation,
    version: "",
    drives: [],
    abilities: [],
    send: () => undefined,
    end: () => ended.push(incarnation),
  };
}

import { ok } from "@stickfarm/common/result";
import { expect, onTestFinished, test } from "vitest";
import { startTestController } from "../test-controller.ts";

const SEEN_AT_MS = Date.UTC(2026, 10, 22, 8, 0, 0);

test("agent token create prints the token alone on stdout", async () => {
  const { run, asked } = await serveTokens();
  const { status, stdout, stderr } = await run(["agent", "token", "create", "--name", "ws-1"]);
  expect([status, stdout]).toEqual([0, "stickfarm-token-1\n"]);
  expect(stderr).toBe('The token for "ws-1" works once, until 2026-11-22T08:00:00Z\n');
  expect(asked).toEqual([{ name: "ws-1", ttlSeconds: 900 }]);
});

test("agent token create reads --ttl with its unit", async () => {
  const { run, asked } = await serveTokens();
  await run(["agent", "token", "create", "--name", "ws-1", "--ttl", "2h"]);
  expect(asked).toEqual([{ name: "ws-1", ttlSeconds: 7200 }]);
  const { status } = await run(["agent", "token", "create", "--name", "ws-1", "--ttl", "15"]);
  expect([status, asked.length]).toEqual([2, 1]);
});

test("agent list tells who was never seen", async () => {
  const agent = {
    name: "ws-1",
    state: "connected",
    version: "0.1.0",
    driveCount: 4,
    activeCount: 2,
    seenAtMs: SEEN_AT_MS,
  };
  const never = { ...agent, name: "ws-2", state: "never-seen", version: "", seenAtMs: 0 };
  const controller = await startTestController(onTestFinished, {
    listAgents: () => ok({ agents: [agent, never] }),
  });
  expect((await controller.run(["agent", "list"])).stdout).toMatchInlineSnapshot(`
    "NAME  STATE       DRIVES  ACTIVE  VERSION  SEEN
    ws-1  connected        4       2  0.1.0    2026-11-22T08:00:00Z
    ws-2  never-seen       4       2           never
    "
  `);
});

async function serveTokens() {
  const asked: unknown[] = [];
  const controller = await startTestController(onTestFinished, {
    createAgentToken: (request) => {
      asked.push(request);
      return ok({ token: "stickfarm-token-1", expiresAtMs: SEEN_AT_MS });
    },
  });
  return { run: controller.run, asked };
}

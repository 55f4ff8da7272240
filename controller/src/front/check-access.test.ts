import { expect, test } from "vitest";
import { type Access, checkAccess } from "./check-access.ts";
import type { Peer } from "./read-peer.ts";

const PEERS: Readonly<Record<string, Peer>> = {
  agent: { kind: "known", identity: { role: "agent", name: "ws-1", grants: [] } },
  operator: { kind: "known", identity: { role: "operator", name: "ops", grants: [] } },
  stranger: { kind: "stranger", reason: "there is no client certificate" },
};

test("checkAccess() opens to each role its own, and what nobody opened to nobody", () => {
  const accesses: readonly (Access | null)[] = ["agent", "operator", "anyone", null];
  const table = accesses.map((access) => [
    access,
    Object.entries(PEERS).map(([name, peer]) => {
      const allowed = checkAccess('"Ask"', access, peer);
      return `${name}: ${allowed.ok ? "yes" : allowed.problem.code}`;
    }),
  ]);
  expect(table).toEqual([
    ["agent", ["agent: yes", "operator: forbidden", "stranger: unauthenticated"]],
    ["operator", ["agent: forbidden", "operator: yes", "stranger: unauthenticated"]],
    ["anyone", ["agent: yes", "operator: yes", "stranger: yes"]],
    [null, ["agent: forbidden", "operator: forbidden", "stranger: unauthenticated"]],
  ]);
});

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runToEnd } from "../support/processes.ts";
import { waitFor } from "../support/wait-for.ts";
import { startFarm, type TestFarm } from "./support/farm.ts";
import { refusalOf } from "./support/refusal.ts";

const LIMIT = { timeout: 600_000 };

test("a token enrols one agent once, at its own farm", LIMIT, async () => {
  const farm = await startFarm({ agents: {} });
  const other = await startFarm({ agents: {} });
  const { token } = await tokenOf(farm, "ws-1");

  const elsewhere = await enroll(other, "ws-1", token);
  expect(refusalOf(elsewhere)).toMatchObject({ code: "pin_mismatch", exit: 5 });
  for (const malformed of ["nonsense", token.slice(0, -1), token.replace("sf1", "sf2"), ""])
    expect(refusalOf(await enroll(farm, "ws-1", malformed)), malformed).toMatchObject({
      code: "token_invalid",
      exit: 4,
    });
  // What another farm was shown was not the secret: here the token is as good as new.
  expect((await enroll(farm, "ws-1", token)).code).toBe(0);
  const again = refusalOf(await enroll(farm, "second", token));
  expect(again).toMatchObject({ code: "token_invalid", exit: 4 });
  expect(again.remedy).toContain("stickfarm agent token create");

  expect(
    refusalOf(await farm.run("agent", "token", "create", "--name", "WS 1", "-o", "json")),
  ).toMatchObject({
    code: "name_invalid",
    exit: 2,
  });
});

test(
  "agent list and drive list tell the same as a table and as JSON, also of who is away",
  LIMIT,
  async () => {
    const drives = [
      { serial: "A1", bay: "1", size: "64MiB" },
      { serial: "B2", bay: "2", size: "128MiB" },
    ];
    const farm = await startFarm({ agents: { "ws-1": drives } });
    expect(await agents(farm)).toMatchObject([
      { name: "ws-1", state: "connected", driveCount: 2, activeCount: 0 },
    ]);
    expect(rows(await farm.must("agent", "list"))).toEqual([
      ["NAME", "STATE", "DRIVES", "ACTIVE", "VERSION", "SEEN"],
      ["ws-1", "connected", "2", "0", expect.any(String), expect.any(String)],
    ]);
    expect(rows(await farm.must("drive", "list")).map((row) => row.slice(0, 4))).toEqual([
      ["AGENT", "BAY", "STATE", "SERIAL"],
      ["ws-1", "1", "free", "A1"],
      ["ws-1", "2", "free", "B2"],
    ]);
    expect(await listDrives(farm)).toMatchObject([
      {
        agent: "ws-1",
        state: "free",
        drive: { bay: "1", serial: "A1", sizeBytes: 64 * 1024 ** 2 },
      },
      {
        agent: "ws-1",
        state: "free",
        drive: { bay: "2", serial: "B2", sizeBytes: 128 * 1024 ** 2 },
      },
    ]);
    await farm.agent("ws-1").end();
    await waitFor(
      "an agent that is away",
      async () => (await agents(farm)).some(({ state }) => state === "disconnected"),
      { limitMs: 120_000 },
    );
    expect((await listDrives(farm)).map(({ state }) => state)).toEqual(["absent", "absent"]);
    expect(
      refusalOf(await farm.run("drive", "list", "--agent", "ws-9", "-o", "json")),
    ).toMatchObject({
      code: "agent_unknown",
      exit: 3,
    });
  },
);

async function tokenOf(farm: TestFarm, name: string, ...args: string[]) {
  const made = await farm.must("agent", "token", "create", "--name", name, ...args, "-o", "json");
  return JSON.parse(made) as { readonly token: string; readonly expiresAtMs: number };
}

async function enroll(farm: TestFarm, data: string, token: string) {
  await writeFile(join(farm.directory, "token"), token);
  const where = ["--data", data, "--controller", farm.address, "--token-file", "token"];
  return await runToEnd("stickfarm-agent", ["enroll", ...where, "-o", "json"], {
    cwd: farm.directory,
  });
}

type AgentRow = { readonly name: string; readonly state: string };
type DriveRow = { readonly agent: string; readonly state: string };

async function agents(farm: TestFarm): Promise<AgentRow[]> {
  return JSON.parse(await farm.must("agent", "list", "-o", "json")) as AgentRow[];
}

async function listDrives(farm: TestFarm): Promise<DriveRow[]> {
  return JSON.parse(await farm.must("drive", "list", "-o", "json")) as DriveRow[];
}

/** Cells of a table, whose columns are two blanks apart. */
function rows(table: string): string[][] {
  return table
    .trimEnd()
    .split("\n")
    .map((line) => line.trim().split(/ {2,}/));
}

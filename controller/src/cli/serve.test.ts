import { mkdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { startProgram } from "./test-controller.ts";

const NOWHERE = { controller: "127.0.0.1:1", caPem: "", certificatePem: "", keyPem: "" };

test("init makes a farm once, and tells where", async () => {
  const { run, data } = await setUp();
  const first = await run(["init", "--listen", "127.0.0.1:7999", "--host", "farm.example.net"]);
  expect(first.status).toBe(0);
  expect(first.stdout).toBe(
    `Data:                   ${data}\nOperator configuration: ${join(data, "operator.yaml")}\nSecrets key:            ${data}.key\n`,
  );
  const config = await readFile(join(data, "operator.yaml"), "utf8");
  expect(config).toContain("controller: 127.0.0.1:7999\n");
  expect((await stat(join(data, "operator.yaml"))).mode & 0o777).toBe(0o600);
  const second = await run(["init"]);
  expect([second.status, second.stdout]).toEqual([2, ""]);
  expect(second.stderr).toContain("[already_initialised]");
  expect(await readFile(join(data, "operator.yaml"), "utf8")).toBe(config);
});

test("init -o json answers with what was made", async () => {
  const { run, data } = await setUp();
  const { stdout } = await run(["init", "-o", "json"]);
  expect(JSON.parse(stdout)).toEqual({
    kind: "created",
    dataDirectory: data,
    configPath: join(data, "operator.yaml"),
    secretsKeyPath: `${data}.key`,
  });
});

test("serve tells what is wrong with the secrets key, and where it looked", async () => {
  const { run, data } = await setUp();
  await run(["init"]);
  await rm(`${data}.key`);
  const missing = await run(["serve"]);
  expect(missing.status).toBe(4);
  expect(missing.stderr).toContain(
    `Cannot use the secrets key "${data}.key"\n  what is: there is none`,
  );
  expect(missing.stderr).toContain("[secrets_key_missing]");
  const inside = await run(["serve", "--secrets-key", join(data, "secrets.key")]);
  expect([inside.status, inside.stdout]).toEqual([5, ""]);
  expect(inside.stderr).toContain("it must lie outside");
});

test.each([
  [["init", "--listen", "localhost"], 2, "usage"],
  [["serve", "--listen", "localhost"], 2, "usage"],
  [["serve", "--nats-credentials", "x.creds"], 2, "usage"],
  [["serve", "--log-level", "loud"], 2, "usage"],
  [["serve"], 4, "not_initialised"],
])("%j exits with %i, saying %s", async (args, status, code) => {
  const { run } = await setUp();
  const ended = await run(args);
  expect([ended.status, ended.stdout]).toEqual([status, ""]);
  expect(ended.stderr).toContain(`[${code}]`);
});

async function setUp() {
  const data = join(await makeTemporaryFolder(onTestFinished), "farm");
  await mkdir(data);
  const STICKFARM_CONFIG = join(data, "operator.yaml");
  const env = { STICKFARM_DATA: data, STICKFARM_CONFIG };
  const run = (args: readonly string[]) => startProgram(NOWHERE, args, { env }).ended;
  return { run, data };
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test, vi } from "vitest";
import { connectNats } from "./connect-nats.ts";
import { resultOf, startTestNats } from "./nats-fixture.ts";
import { startNats } from "./supervise-nats.ts";

const WITHIN = { timeout: 15_000, interval: 20 };

test("startNats() starts a server again on the same port when it is killed, and stops it on close", async () => {
  const { nats, controller } = await startTestNats();
  const killed = nats.pid();
  const connection = await connectNats(controller);
  process.kill(killed, "SIGKILL");
  await connection.closed();
  const again = await vi.waitFor(() => connectNats(controller), WITHIN);
  expect(again.info?.port).toBe(nats.port);
  expect(nats.pid()).not.toBe(killed);
  await nats.close();
  await again.closed();
  expect(isAlive(nats.pid())).toBe(false);
});

test("startNats() keeps the key to the server's owner", async () => {
  const { options } = await startTestNats();
  const { mode } = await stat(join(options.directory, "server.key"));
  expect(mode & 0o777).toBe(0o600);
});

test("startNats() stops the server that a killed controller left in its folder, and no other process", async () => {
  const { options, nats } = await startTestNats();
  const config = join(options.directory, "nats-server.conf");
  await nats.close();
  // As the supervisor starts it; it writes its number where the next supervisor looks.
  const stale = spawn(options.program, ["-c", config], { stdio: ["ignore", "ignore", "pipe"] });
  onTestFinished(() => void stale.kill("SIGKILL"));
  const ended = once(stale, "exit");
  await once(stale.stderr, "data");
  const pidPath = join(options.directory, "nats-server.pid");
  await vi.waitFor(async () => {
    expect(await readFile(pidPath, "utf8")).toBe(String(stale.pid));
  }, WITHIN);
  const next = resultOf(await startNats(options));
  onTestFinished(() => next.close());
  await ended;
  expect(isAlive(next.pid())).toBe(true);
});

test("startNats() leaves alone a process that only has the number of the server that was", async () => {
  const { options, nats } = await startTestNats();
  await nats.close();
  const other = spawn("sleep", ["60"], { stdio: "ignore" });
  onTestFinished(() => void other.kill("SIGKILL"));
  await writeFile(join(options.directory, "nats-server.pid"), String(other.pid));
  const next = resultOf(await startNats(options));
  onTestFinished(() => next.close());
  expect(isAlive(other.pid)).toBe(true);
});

test("startNats() gives the controller an address of this machine when the server listens on all", async () => {
  const { options, nats, controller } = await startTestNats();
  await nats.close();
  const next = resultOf(await startNats({ ...options, host: "0.0.0.0" }));
  onTestFinished(() => next.close());
  const connection = await connectNats({ ...controller, servers: [next.url] });
  await connection.close();
});

test("startNats() tells the server's own words when it cannot start", async () => {
  const { options } = await startTestNats();
  const directory = await makeTemporaryFolder(onTestFinished);
  const tls = { ...options.tls, keyPem: "no key" };
  const started = await startNats({ ...options, directory, tls });
  expect(started).toMatchObject({
    ok: false,
    problem: { code: "tool_failed", detail: expect.stringContaining("PEM") },
  });
});

test("a server of startNats() takes nobody without a credential, nor without a certificate of the farm", async () => {
  const { controller, authority } = await startTestNats();
  const credentials = { jwt: "", seed: authority.controllerSeed };
  await expect(connectNats({ ...controller, credentials })).rejects.toThrow(/authorization/i);
  const noClient = { ...controller.tls, client: null };
  await expect(connectNats({ ...controller, tls: noClient })).rejects.toThrow();
  await expect(connectNats(controller)).resolves.toBeDefined();
});

test("connectNats() talks to no server of another authority, nor of another name", async () => {
  const { controller } = await startTestNats();
  const noTrust = { ...controller.tls, caPem: null };
  await expect(connectNats({ ...controller, tls: noTrust })).rejects.toThrow(/certificate/);
  const otherName = { ...controller.tls, serverName: "other.example.net" };
  await expect(connectNats({ ...controller, tls: otherName })).rejects.toThrow(/altnames/);
});

function isAlive(pid: number | undefined): boolean {
  try {
    return process.kill(pid ?? 0, 0);
  } catch {
    // ESRCH: there is none.
    return false;
  }
}

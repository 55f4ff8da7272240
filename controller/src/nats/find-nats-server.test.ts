import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { findNatsServer } from "./find-nats-server.ts";

test("findNatsServer() takes the program that STICKFARM_NATS_SERVER names, before the one on PATH", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const named = join(folder, "my-nats");
  const onPath = join(folder, "nats-server");
  for (const path of [named, onPath]) {
    await writeFile(path, "");
    await chmod(path, 0o755);
  }
  const env = { PATH: folder, STICKFARM_NATS_SERVER: named };
  expect(await findNatsServer(env)).toEqual({ ok: true, value: named });
  expect(await findNatsServer({ PATH: folder })).toEqual({ ok: true, value: onPath });
});

test("findNatsServer() says that it is missing rather than to take another one than was named", async () => {
  const env = { PATH: process.env["PATH"], STICKFARM_NATS_SERVER: "/nowhere/nats-server" };
  const found = await findNatsServer(env);
  expect(found).toMatchObject({
    problem: { code: "nats_missing", detail: expect.stringContaining("/nowhere/nats-server") },
  });
});

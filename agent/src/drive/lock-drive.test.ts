import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test, vi } from "vitest";
import { lockDrive } from "./lock-drive.ts";

async function openTwice(): Promise<readonly [number, number]> {
  const path = join(await makeTemporaryFolder(onTestFinished), "drive");
  writeFileSync(path, "");
  const fds = [openSync(path, "r+"), openSync(path, "r+")] as const;
  onTestFinished(() => fds.forEach(closeSync));
  return fds;
}

test("lockDrive() locks a description, against all others of the same file", async () => {
  const [first, second] = await openTwice();
  expect(await lockDrive(first, false)).toEqual({ ok: true, value: "locked" });
  expect(await lockDrive(first, false)).toEqual({ ok: true, value: "locked" });
  expect(await lockDrive(second, false)).toEqual({ ok: true, value: "held" });
});

test("lockDrive() says which program a machine lacks", async () => {
  const [first] = await openTwice();
  vi.stubEnv("PATH", "/nowhere");
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  expect(await lockDrive(first, false)).toMatchObject({
    problem: { code: "tool_missing", detail: expect.stringContaining('"flock"') },
  });
});

import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
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
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await lockDrive(first, false)).toMatchObject({
    problem: { code: "tool_missing", detail: expect.stringContaining('"flock"') },
  });
});

/** A program of this name that writes down how it was called, and ends so. */
async function fakeFlock(lines: string): Promise<() => string> {
  const folder = await makeTemporaryFolder(onTestFinished);
  const called = join(folder, "called");
  const script = `#!/bin/sh\necho "$@" > "${called}"\n${lines}\n`;
  writeFileSync(join(folder, "flock"), script, { mode: 0o755 });
  vi.stubEnv("PATH", folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  return () => readFileSync(called, "utf8").trim();
}

test("lockDrive() waits a moment for a device, which udev may look at, and not for a file", async () => {
  const [fd] = await openTwice();
  const called = await fakeFlock("exit 0");
  await lockDrive(fd, true);
  expect(called()).toBe("--exclusive --wait 2 3");
  await lockDrive(fd, false);
  expect(called()).toBe("--exclusive --nonblock 3");
});

test("lockDrive() says how the program failed, and takes that for no lock of another", async () => {
  const [fd] = await openTwice();
  await fakeFlock("echo 'flock: 3: Bad file descriptor' >&2; exit 65");
  expect(await lockDrive(fd, false)).toMatchObject({
    problem: {
      code: "internal",
      detail:
        'Cannot lock the drive: "flock" ended with 65 and said "flock: 3: Bad file descriptor"',
    },
  });
});

import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test, vi } from "vitest";
import { openGlances } from "../drive/glances.ts";
import { listDrives } from "../drive/list-drives.ts";
import { thisHost } from "../drive/read-machine.ts";
import { WRITER_PROGRAM } from "../write/find-writer-program.ts";
import { holdStrays } from "./hold-strays.ts";
import { openQuarantine } from "./quarantine.ts";

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Two drives, and processes as /proc shows them: writer 30 of an agent that is gone has the first drive open. */
async function makeMachine() {
  const folder = await makeTemporaryFolder(onTestFinished);
  const sources = ["a", "b"].map(
    (name, at) =>
      ({
        kind: "file",
        path: join(folder, `${name}.img`),
        sizeBytes: null,
        serial: name,
        bay: `${at + 1}`,
      }) as const,
  );
  for (const { path } of sources) await writeFile(path, Buffer.alloc(4096));
  const proc = join(folder, "proc");
  const writer = join(proc, "30/task/30");
  await mkdir(join(writer, "fd"), { recursive: true });
  await writeFile(join(writer, "cmdline"), `node\0${WRITER_PROGRAM}\0`);
  await symlink(sources[0]?.path ?? "", join(writer, "fd/3"));
  await writeFile(join(proc, "30/stat"), "30 (node) D 1 30 0");
  await mkdir(join(proc, "self"));
  await writeFile(join(proc, "self/mountinfo"), "");
  const host = { ...thisHost(join(folder, "data")), proc };
  const drives = await listDrives(sources, host);
  return { offer: { virtual: sources, usb: null }, host, drives, proc };
}

test("holdStrays() holds the drive of a writer of an earlier run until that has let go of it", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const { offer, host, drives, proc } = await makeMachine();
  const quarantine = openQuarantine(() => new Date("2026-11-22T16:20:03Z"));
  const glances = openGlances(() => new Promise(() => undefined));
  const strays = await holdStrays({ offer, host, glances, quarantine, log });
  const held = () =>
    drives.map((drive) => [quarantine.whyHeld(drive)?.code, glances.isHeld(drive.driveId)]);
  const stray = [
    ["drive_quarantined", true],
    [undefined, false],
  ];
  expect(held()).toEqual(stray);
  await vi.advanceTimersByTimeAsync(3000);
  expect(held()).toEqual(stray);
  await rm(join(proc, "30"), { recursive: true });
  await vi.advanceTimersByTimeAsync(1000);
  await vi.waitFor(() =>
    expect(held()).toEqual([
      [undefined, false],
      [undefined, false],
    ]),
  );
  strays.close();
  expect(vi.getTimerCount()).toBe(0);
});

test("holdStrays() looks no more once it is closed", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const { offer, host } = await makeMachine();
  const quarantine = openQuarantine(() => new Date());
  const glances = openGlances(() => new Promise(() => undefined));
  const strays = await holdStrays({ offer, host, glances, quarantine, log });
  expect(vi.getTimerCount()).toBe(1);
  strays.close();
  expect(vi.getTimerCount()).toBe(0);
});

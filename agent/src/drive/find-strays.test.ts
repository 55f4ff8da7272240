import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { findStrays, isStray } from "./find-strays.ts";

type Process = {
  readonly command: string;
  readonly parent: number;
  readonly drive?: string;
  /** Of the thread that has all that; the process's own when left out. */
  readonly thread?: number;
};

async function makeProc(processes: Readonly<Record<number, Process>>): Promise<string> {
  const proc = await makeTemporaryFolder(onTestFinished);
  for (const [pid, { command, parent, drive, thread = pid }] of Object.entries(processes)) {
    for (const id of new Set([pid, thread])) {
      const isDead = id !== thread;
      const folder = join(proc, pid, "task", String(id));
      await mkdir(join(folder, "fd"), { recursive: true });
      await writeFile(join(folder, "cmdline"), isDead ? "" : command.replaceAll(" ", "\0"));
      if (drive !== undefined && !isDead) await symlink(drive, join(folder, "fd", "3"));
    }
    await writeFile(join(proc, pid, "stat"), `${pid} (node (x) y) D ${parent} ${pid} 0`);
  }
  return proc;
}

const WRITER = "/usr/bin/node --no-opt /x/agent/dist/write/writer-main.js";
const programs = { writerProgram: "/write/writer-main", agentProgram: "stickfarm-agent" };

test("findStrays() finds writers without an agent, by the drive that they hold, and nothing else", async () => {
  const proc = await makeProc({
    1: { command: "/sbin/init", parent: 0 },
    20: { command: "node /x/bin/stickfarm-agent.mjs run", parent: 1 },
    21: { command: WRITER, parent: 20, drive: "/dev/sdb" },
    // Its first thread has ended, and another one is the agent still.
    22: { command: "node /x/bin/stickfarm-agent.mjs run", parent: 1, thread: 25 },
    23: { command: WRITER, parent: 22, drive: "/dev/sdf" },
    30: { command: WRITER, parent: 1, drive: "/dev/sdc" },
    // Of a build that had the writer as one file.
    33: { command: WRITER.replace(/js$/, "cjs"), parent: 1, drive: "/dev/sdf" },
    31: { command: WRITER, parent: 1 },
    // Killed: only the thread that waits in the kernel is left.
    40: { command: WRITER, parent: 1, drive: "/dev/sde", thread: 47 },
    32: { command: "dd of=/dev/sdd", parent: 1, drive: "/dev/sdd" },
  });
  expect(await findStrays({ proc, ...programs })).toEqual([
    { pid: 30, path: "/dev/sdc" },
    { pid: 33, path: "/dev/sdf" },
    { pid: 40, path: "/dev/sde" },
  ]);
});

test("isStray() is over when the process has let go of its drive", async () => {
  const proc = await makeProc({ 30: { command: WRITER, parent: 1, drive: "/dev/sdc" } });
  const stray = { pid: 30, path: "/dev/sdc" };
  expect(await isStray(stray, proc)).toBe(true);
  await rm(join(proc, "30/task/30/fd/3"));
  expect(await isStray(stray, proc)).toBe(false);
});

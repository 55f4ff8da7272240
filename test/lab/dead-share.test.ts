/** A loop device on a file of a share whose server answers no more, as every list of drives and every claim meets it. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { whyNoFaultyDisk } from "../support/faulty-disk/open-faulty-disk.ts";
import { faultyDisk } from "../support/faulty-disk.ts";
import { runToEnd } from "../support/processes.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { waitFor } from "../support/wait-for.ts";

beforeEach(({ skip }) => {
  const why = whyNoFaultyDisk();
  skip(why !== null, why ?? "");
});

test("a share that does not answer holds up no list of drives", { timeout: 120_000 }, async () => {
  const disk = await faultyDisk(16 * MIB);
  const shown = join("/sys/block", basename(disk.path), "loop/backing_file");
  const file = (await readFile(shown, "utf8")).trim();
  const server = findServer(dirname(file));
  process.kill(server, "SIGSTOP");
  // Of a server that has stopped only the end is left, and that is the disk's to bring.
  onTestFinished(() => void process.kill(server, "SIGCONT"));
  // The kernel remembers for a second what the file was.
  await waitFor("the share's silence", async () => isSilent(file) || undefined);
  const listed = await runToEnd("stickfarm-agent", ["drives", "--usb-drives", "--data", "none"], {
    cwd: await tempDirectory(),
    limitMs: 60_000,
  });
  expect([listed.code, listed.stderr]).toEqual([0, ""]);
  expect(isSilent(file)).toBe(true);
  process.kill(server, "SIGCONT");
  await waitFor("its answer", async () => !isSilent(file) || undefined);
});

/** Asked by a process that can be killed while it waits. */
function isSilent(file: string): boolean {
  const options = { timeout: 500, killSignal: "SIGKILL" } as const;
  return spawnSync("stat", [file], options).signal === "SIGKILL";
}

/** The process that serves what is mounted there. */
function findServer(folder: string): number {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const pid = pids.find((name) => argumentsOf(name).slice(0, 2).join(" ") === `nbdfuse ${folder}`);
  if (pid === undefined) throw new Error(`Nothing serves ${folder}`);
  return Number(pid);
}

/** None of a process that has gone. */
function argumentsOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
}

/** Real children: they are started from dist, so these tests need `tsc -b` first. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, type TestContext, test, vi } from "vitest";
import { runDriveChild } from "./run-drive-child.ts";

const BLINKER = fileURLToPath(new URL("../../dist/drive/locate-main.js", import.meta.url));

/** A child that reads for ten minutes, unless it is ended. */
async function makeChild({ skip }: TestContext) {
  if (!existsSync(BLINKER)) skip(true, "the children are not built: tsc -b");
  const path = join(await makeTemporaryFolder(onTestFinished), "drive.img");
  await writeFile(path, "");
  await truncate(path, 4 * 1024 ** 2);
  onTestFinished(() => {
    for (const pid of pidsOn(path)) process.kill(pid, "SIGKILL");
  });
  const order = { path, sizeBytes: 4 * 1024 ** 2, durationMs: 600_000 };
  return { path, child: { program: "locate-main", order } as const };
}

/** Processes that have this path in their command line. */
function pidsOn(path: string): readonly number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => commandOf(pid).includes(path)).map(Number);
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    // It has ended since.
    return "";
  }
}

const isGone = (path: string) =>
  vi.waitFor(() => expect(pidsOn(path)).toEqual([]), { timeout: 20_000 });

test("runDriveChild() kills a child whose time is up", async (context) => {
  const { path, child } = await makeChild(context);
  const running = runDriveChild({ ...child, limitMs: 200, signal: new AbortController().signal });
  expect(pidsOn(path)).toHaveLength(1);
  expect(await running).toEqual({ kind: "late" });
  await isGone(path);
});

test("runDriveChild() kills a child that is told to stop", async (context) => {
  const { path, child } = await makeChild(context);
  const stop = new AbortController();
  const running = runDriveChild({ ...child, limitMs: 600_000, signal: stop.signal });
  expect(pidsOn(path)).toHaveLength(1);
  stop.abort();
  expect(await running).toEqual({ kind: "stopped" });
  await isGone(path);
});

test("runDriveChild() starts none when it is told to stop before", async (context) => {
  const { path, child } = await makeChild(context);
  const running = runDriveChild({ ...child, limitMs: 600_000, signal: AbortSignal.abort() });
  expect(pidsOn(path)).toEqual([]);
  expect(await running).toEqual({ kind: "stopped" });
});

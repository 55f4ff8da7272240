import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test, vi } from "vitest";
import { isProcessRunning, keepAutomountOff } from "./keep-automount-off.ts";

const log = () => ({ info: vi.fn(), warn: vi.fn(), error: vi.fn() });
const nobodyRuns = () => false;

test("keepAutomountOff() has a rule there until it is closed", async () => {
  const folder = join(await makeTemporaryFolder(onTestFinished), "rules.d");
  const automount = await keepAutomountOff(log(), { pid: 12, folder, isRunning: nobodyRuns });
  expect(await readdir(folder)).toEqual(["90-stickfarm-12.rules"]);
  const rule = await readFile(join(folder, "90-stickfarm-12.rules"), "utf8");
  expect(rule).toContain('SUBSYSTEMS=="usb", ENV{UDISKS_IGNORE}="1"');
  await automount.close();
  expect(await readdir(folder)).toEqual([]);
});

test("keepAutomountOff() removes what a killed agent left behind, and nobody else's rules", async () => {
  const folder = join(await makeTemporaryFolder(onTestFinished), "rules.d");
  await mkdir(folder);
  for (const name of ["90-stickfarm-7.rules", "90-stickfarm-8.rules", "99-own.rules"]) {
    await writeFile(join(folder, name), "");
  }
  const isRunning = (pid: number): boolean => pid === 8;
  await keepAutomountOff(log(), { pid: 12, folder, isRunning });
  expect((await readdir(folder)).sort()).toEqual([
    "90-stickfarm-12.rules",
    "90-stickfarm-8.rules",
    "99-own.rules",
  ]);
});

test("keepAutomountOff() says that it cannot where there is no udev, and goes on", async () => {
  const folder = join(await makeTemporaryFolder(onTestFinished), "no-udev/rules.d");
  const told = log();
  const automount = await keepAutomountOff(told, { pid: 12, folder, isRunning: nobodyRuns });
  expect(told.warn).toHaveBeenCalledOnce();
  await automount.close();
});

test("isProcessRunning() knows this process, and one that cannot be", () => {
  expect(isProcessRunning(process.pid)).toBe(true);
  expect(isProcessRunning(1)).toBe(true);
  // Above pid_max of 64-bit Linux.
  expect(isProcessRunning(2 ** 22 + 1)).toBe(false);
});

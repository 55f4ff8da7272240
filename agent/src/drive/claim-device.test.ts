/** With loop devices on files of our own: needs root and losetup. */
import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, constants, openSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, type TestContext, test, vi } from "vitest";
import { claimDrive } from "./claim-drive.ts";
import { listDrives } from "./list-drives.ts";
import type { VirtualDriveSource } from "./parse-virtual-drive.ts";
import { deviceIdOf, thisHost } from "./read-machine.ts";
import { paintMachine } from "./test-sysfs.ts";

const SIZE_BYTES = 4 * 1024 * 1024;

async function makeLoop({ skip }: TestContext, ...options: string[]) {
  const folder = await makeTemporaryFolder(onTestFinished);
  const file = join(folder, "stick");
  writeFileSync(file, "");
  truncateSync(file, SIZE_BYTES);
  const attached = spawnSync("losetup", ["--find", "--show", ...options, file], {
    encoding: "utf8",
  });
  if (attached.status !== 0) skip(true, "loop devices need root and losetup");
  const path = attached.stdout.trim();
  onTestFinished(() => detach(path, file));
  const source: VirtualDriveSource = {
    kind: "device",
    path,
    sizeBytes: null,
    serial: "L1",
    bay: "1",
  };
  const host = thisHost(join(folder, "data"));
  const list = async () => {
    const [drive] = await listDrives([source], host);
    if (drive === undefined) throw new Error("There is one drive for each source");
    return { ...drive, overrides: [] };
  };
  return { path, file, source, host, list };
}

/** Only while it is still ours: others on this machine use loop devices too. */
function detach(path: string, file: string): void {
  const lies = spawnSync("losetup", ["--noheadings", "--output", "BACK-FILE", path]);
  if (lies.stdout.toString().trim() === file) execFileSync("losetup", ["--detach", path]);
}

test("claimDrive() gives a loop device, to one at a time", async (context) => {
  const { source, host, list } = await makeLoop(context);
  const consent = await list();
  expect(consent).toMatchObject({ sizeBytes: SIZE_BYTES, logicalBlockBytes: 512, refusals: [] });
  const first = await claimDrive(source, consent, host);
  if (!first.ok) throw new Error(first.problem.detail);
  expect(await claimDrive(source, consent, host)).toMatchObject({
    problem: { code: "drive_busy", detail: expect.stringContaining(`process ${process.pid}`) },
  });
  await first.value.close();
  const second = await claimDrive(source, consent, host);
  expect(second.ok).toBe(true);
  if (second.ok) await second.value.close();
});

test("claimDrive() refuses a device that another has open exclusively, without a lock", async (context) => {
  const { source, host, list, path } = await makeLoop(context);
  const consent = await list();
  const fd = openSync(path, constants.O_RDONLY | constants.O_EXCL);
  onTestFinished(() => closeSync(fd));
  expect(await claimDrive(source, consent, host)).toMatchObject({
    problem: { code: "drive_busy", detail: expect.stringContaining(`process ${process.pid}`) },
  });
});

test("claimDrive() knows blocks of 4096 bytes", async (context) => {
  const { source, host, list } = await makeLoop(context, "--sector-size", "4096");
  const claimed = await claimDrive(source, await list(), host);
  if (!claimed.ok) throw new Error(claimed.problem.detail);
  expect(claimed.value.geometry).toEqual({ sizeBytes: SIZE_BYTES, logicalBlockBytes: 4096 });
  await claimed.value.close();
});

test("claimDrive() refuses a write-protected device", async (context) => {
  const { source, host, list } = await makeLoop(context, "--read-only");
  expect(await claimDrive(source, await list(), host)).toMatchObject({
    problem: { code: "drive_read_only" },
  });
});

test("claimDrive() takes a device that was attached anew for another one", async (context) => {
  const { source, host, list, path, file } = await makeLoop(context);
  const consent = await list();
  detach(path, file);
  execFileSync("losetup", [path, file]);
  expect(await claimDrive(source, consent, host)).toMatchObject({
    problem: { code: "drive_changed", detail: expect.stringContaining("insertion") },
  });
});

test("listDrives() refuses a file on which a loop device lies, and a device without a medium", async (context) => {
  const { source, host, list, path, file } = await makeLoop(context);
  const asFile = { ...source, kind: "file", path: file } as const;
  const [drive] = await listDrives([asFile], host);
  expect(drive?.refusals.map(({ code }) => code)).toEqual(["drive_in_use"]);
  detach(path, file);
  expect((await list()).refusals.map(({ code }) => code)).toEqual(["drive_gone"]);
});

/** The device as a stick of this size would show itself; nothing of this machine's own tables is asked. */
async function paintStick(path: string) {
  const port = "sys/devices/usb2/2-1";
  const scsi = `${port}/2-1:1.0/host1/target1:0:0/1:0:0:0`;
  const stick = `${scsi}/block/sdb`;
  return paintMachine(
    {
      [`${port}/idVendor`]: "0951",
      [`${port}/idProduct`]: "1666",
      [`${port}/serial`]: "60A44C413FAE",
      [`${port}/2-1:1.0/bInterfaceClass`]: "08",
      [`${scsi}/uevent`]: "DEVTYPE=scsi_device",
      [`${stick}/dev`]: deviceIdOf(statSync(path, { bigint: true }).rdev),
      [`${stick}/size`]: String(SIZE_BYTES / 512),
      [`${stick}/diskseq`]: "4",
      "proc/self/mountinfo": "",
    },
    {
      "sys/class/block/sdb": `../../${stick.slice("sys/".length)}`,
      [`${stick}/device`]: "../../../1:0:0:0",
    },
  );
}

test("claimDrive() takes a stick that is larger than sticks are when its serial was typed, and opens no other", async (context) => {
  const { path } = await makeLoop(context);
  const host = await paintStick(path);
  const source = { kind: "disk", path, stickBytesMax: SIZE_BYTES - 512 } as const;
  const [drive] = await listDrives([source], host);
  if (drive === undefined) throw new Error("The stick is there");
  expect(drive.refusals).toEqual([]);
  const open = vi.fn(() => Promise.reject(new Error("must not be called")));
  for (const overrides of [[], ["drive_foreign_content"]] as const) {
    expect(
      await claimDrive(source, { ...drive, overrides }, host, { openDrive: open }),
    ).toMatchObject({
      problem: { code: "drive_too_large" },
    });
  }
  expect(open).not.toHaveBeenCalled();
  const claimed = await claimDrive(source, { ...drive, overrides: ["drive_too_large"] }, host);
  if (!claimed.ok) throw new Error(claimed.problem.detail);
  await claimed.value.close();
});

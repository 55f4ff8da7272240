import { spawn } from "node:child_process";
import { constants, openSync } from "node:fs";
import { mkdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DriveConsent } from "@stickfarm/common/drive/drive";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test, vi } from "vitest";
import { claimDrive } from "./claim-drive.ts";
import { findHolder } from "./find-holder.ts";
import { listDrives } from "./list-drives.ts";
import type { VirtualDriveSource } from "./parse-virtual-drive.ts";
import { deviceIdOf, readMachine, thisHost } from "./read-machine.ts";

const MIB = 1024 * 1024;

/** A file as a drive, and the consent to erase it as it is now. */
async function makeDrive() {
  const folder = await makeTemporaryFolder(onTestFinished);
  const host = thisHost(join(folder, "data"));
  const path = join(folder, "a.img");
  await writeFile(path, Buffer.alloc(4 * MIB, 7));
  const source: VirtualDriveSource = {
    kind: "file",
    path,
    sizeBytes: null,
    serial: "A1",
    bay: "1",
  };
  return { folder, host, path, source, consent: await consentTo(source, host) };
}

async function consentTo(
  source: VirtualDriveSource,
  host: ReturnType<typeof thisHost>,
): Promise<DriveConsent> {
  const [drive] = await listDrives([source], host);
  if (drive === undefined) throw new Error("There is one drive for each source");
  return { ...drive, overrides: [] };
}

/** Opens without O_DIRECT where the tests' folder does not have it. */
async function openAnyhow(path: string, flags: number): Promise<number> {
  try {
    return openSync(path, flags);
  } catch {
    return openSync(path, flags & ~constants.O_DIRECT);
  }
}

test("claimDrive() gives the drive that was consented to, open, with its geometry", async () => {
  const { source, consent, host } = await makeDrive();
  const claimed = await claimDrive(source, consent, host, { openDrive: openAnyhow });
  if (!claimed.ok) throw new Error(claimed.problem.detail);
  expect(claimed.value.geometry.sizeBytes).toBe(4 * MIB);
  expect(claimed.value.drive).toMatchObject({ serial: "A1", transport: "virtual-file" });
  await claimed.value.close();
});

test("claimDrive() opens once, past the cache, following no link", async () => {
  const { source, consent, host } = await makeDrive();
  const open = vi.fn(openAnyhow);
  const claimed = await claimDrive(source, consent, host, { openDrive: open });
  if (claimed.ok) await claimed.value.close();
  expect(open.mock.calls.map(([, flags]) => flags)).toEqual([
    constants.O_RDWR | constants.O_DIRECT | constants.O_NOFOLLOW,
  ]);
});

test("claimDrive() refuses a drive that is not as consented to, without opening it", async () => {
  const { source, consent, host } = await makeDrive();
  const open = vi.fn(openAnyhow);
  const other = { ...consent, insertion: "254:0:1:1" };
  expect(await claimDrive(source, other, host, { openDrive: open })).toMatchObject({
    problem: { code: "drive_changed" },
  });
  expect(open).not.toHaveBeenCalled();
});

test("claimDrive() notices a file that was exchanged between its look and its opening", async () => {
  const { source, consent, host, folder } = await makeDrive();
  const other = join(folder, "other.img");
  await writeFile(other, Buffer.alloc(4 * MIB));
  const open = async (path: string, flags: number): Promise<number> => {
    await rename(other, path);
    return openAnyhow(path, flags);
  };
  expect(await claimDrive(source, consent, host, { openDrive: open })).toMatchObject({
    problem: { code: "drive_changed", detail: expect.stringContaining("insertion") },
  });
});

test("claimDrive() judges what it has opened, not what lies at the path by then", async () => {
  const { source, consent, host, folder } = await makeDrive();
  const [other, aside] = [join(folder, "other.img"), join(folder, "aside.img")];
  await writeFile(other, Buffer.alloc(4 * MIB));
  const open = async (path: string, flags: number): Promise<number> => {
    await rename(path, aside);
    await rename(other, path);
    const fd = await openAnyhow(path, flags);
    await rename(aside, path);
    return fd;
  };
  expect(await claimDrive(source, consent, host, { openDrive: open })).toMatchObject({
    problem: { code: "drive_changed", detail: expect.stringContaining("insertion") },
  });
});

test("claimDrive() gives no drive that it could not lock", async () => {
  const { source, consent, host, path } = await makeDrive();
  vi.stubEnv("PATH", "/nowhere");
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await claimDrive(source, consent, host, { openDrive: openAnyhow })).toMatchObject({
    problem: { code: "tool_missing" },
  });
  expect(await findHolder(path)).toBeNull();
});

test("claimDrive() refuses a link, whatever it leads to", async () => {
  const { host, folder, path } = await makeDrive();
  const link = join(folder, "link.img");
  await symlink(path, link);
  const source = { kind: "file", path: link, sizeBytes: null, serial: "L", bay: "2" } as const;
  const consent = await consentTo(source, host);
  expect(await claimDrive(source, consent, host)).toMatchObject({
    problem: { code: "drive_not_drive" },
  });
});

test("claimDrive() refuses the agent's own files but for those among its drives", async () => {
  const { host } = await makeDrive();
  await mkdir(host.drivesFolder, { recursive: true });
  const codes = async (path: string): Promise<string[]> => {
    await writeFile(path, Buffer.alloc(MIB));
    const source = { kind: "file", path, sizeBytes: null, serial: "J", bay: "2" } as const;
    const [drive] = await listDrives([source], host);
    return drive?.refusals.map(({ code }) => code) ?? ["no drive"];
  };
  expect(await codes(join(host.dataDirectory, "journal"))).toContain("drive_is_system");
  expect(await codes(join(host.drivesFolder, "V1.img"))).not.toContain("drive_is_system");
});

test.each([
  ["EINVAL", "direct_io_unsupported"],
  ["EBUSY", "drive_busy"],
  ["ENXIO", "drive_gone"],
  ["EROFS", "drive_read_only"],
  ["ETXTBSY", "drive_in_use"],
])("claimDrive() calls %s %s and tries nothing else", async (code, problem) => {
  const { source, consent, host } = await makeDrive();
  const open = vi.fn(() => Promise.reject(Object.assign(new Error(code), { code })));
  expect(await claimDrive(source, consent, host, { openDrive: open })).toMatchObject({
    problem: { code: problem },
  });
  expect(open).toHaveBeenCalledTimes(1);
});

test("claimDrive() gives a drive to one at a time and names who has it", async () => {
  const { source, consent, host } = await makeDrive();
  const first = await claimDrive(source, consent, host, { openDrive: openAnyhow });
  if (!first.ok) throw new Error(first.problem.detail);
  expect(await claimDrive(source, consent, host, { openDrive: openAnyhow })).toMatchObject({
    problem: { code: "drive_busy", detail: expect.stringContaining(`process ${process.pid} `) },
  });
  await first.value.close();
  const second = await claimDrive(source, consent, host, { openDrive: openAnyhow });
  expect(second.ok).toBe(true);
  if (second.ok) await second.value.close();
});

test("claimDrive() waits for the writer: the claim outlives the agent's descriptor", async () => {
  const { source, consent, host } = await makeDrive();
  const claimed = await claimDrive(source, consent, host, { openDrive: openAnyhow });
  if (!claimed.ok) throw new Error(claimed.problem.detail);
  const writer = spawn("sleep", ["60"], {
    stdio: ["ignore", "ignore", "ignore", claimed.value.fd],
  });
  const gone = new Promise((resolve) => writer.on("close", resolve));
  await claimed.value.close();
  expect(await claimDrive(source, consent, host, { openDrive: openAnyhow })).toMatchObject({
    problem: { code: "drive_busy", detail: expect.stringContaining(`process ${writer.pid} `) },
  });
  writer.kill("SIGKILL");
  await gone;
  const next = await claimDrive(source, consent, host, { openDrive: openAnyhow });
  expect(next.ok).toBe(true);
  if (next.ok) await next.value.close();
});

test("claimDrive() refuses the disk of this machine's root, and never opens it", async ({
  skip,
}) => {
  const { host } = await makeDrive();
  const root = deviceIdOf((await stat("/", { bigint: true })).dev);
  const { devices } = await readMachine(host);
  const disk = devices.find(({ id }) => id === root);
  if (disk === undefined) return skip("the root of this machine lies on no block device");
  const source = {
    kind: "device",
    path: `/dev/${disk.name}`,
    sizeBytes: null,
    serial: "ROOT",
    bay: "1",
  } as const;
  const [drive] = await listDrives([source], host);
  if (drive === undefined) throw new Error("There is one drive for each source");
  expect(drive.refusals.map(({ code }) => code)).toContain("drive_is_system");
  const open = vi.fn(() => Promise.reject(new Error("must not be called")));
  expect(
    await claimDrive(source, { ...drive, overrides: [] }, host, { openDrive: open }),
  ).toMatchObject({
    problem: { code: "drive_is_system", detail: expect.stringContaining('"/"') },
  });
  expect(open).not.toHaveBeenCalled();
});

test("claimDrive() leaves nothing open when the machine cannot be judged any more", async () => {
  const { source, consent, host, folder, path } = await makeDrive();
  const proc = join(folder, "proc");
  await mkdir(join(proc, "self"), { recursive: true });
  await writeFile(join(proc, "self/mountinfo"), await readFile("/proc/self/mountinfo"));
  const open = async (given: string, flags: number): Promise<number> => {
    await rm(proc, { recursive: true });
    return openAnyhow(given, flags);
  };
  await expect(claimDrive(source, consent, { ...host, proc }, { openDrive: open })).rejects.toThrow(
    "ENOENT",
  );
  expect(await findHolder(path)).toBeNull();
});

test("claimDrive() leaves nothing open when it refuses", async () => {
  const { source, consent, host, path } = await makeDrive();
  const claimed = await claimDrive(source, consent, host, { openDrive: openAnyhow });
  if (!claimed.ok) throw new Error(claimed.problem.detail);
  await claimDrive(source, consent, host, { openDrive: openAnyhow });
  await claimed.value.close();
  expect(await findHolder(path)).toBeNull();
});

test("claimDrive() gives up a drive whose opening hangs, and closes it when it opens after all", async () => {
  const { source, consent, host, path } = await makeDrive();
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const openDrive = async (given: string, flags: number): Promise<number> => {
    await answered;
    return openAnyhow(given, flags);
  };
  expect(await claimDrive(source, consent, host, { openDrive, limitMs: 20 })).toMatchObject({
    problem: { code: "drive_hung", detail: expect.stringContaining("0.02 s") },
  });
  answer();
  const claimed = await vi.waitFor(async () => {
    const again = await claimDrive(source, consent, host, { openDrive: openAnyhow });
    if (!again.ok) throw new Error(again.problem.detail);
    return again.value;
  });
  await claimed.close();
  expect(await findHolder(path)).toBeNull();
});

import { realpathSync, statSync } from "node:fs";
import { readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { BlockDevice, MachineFacts } from "@stickfarm/common/drive/why-not-writable";
import { findMount } from "./find-mount.ts";
import { type MountLine, parseMountInfo, parseSwaps } from "./parse-mounts.ts";
import { readHardware } from "./read-hardware.ts";
import { listSysfs, readSysfs } from "./read-sysfs.ts";

/** Where the facts come from. */
export type DriveHost = {
  /** "/sys" and "/proc", or a test's picture of them. */
  readonly sysfs: string;
  readonly proc: string;
  /** The agent's folder: never a drive, nor the disk that it lies on. */
  readonly dataDirectory: string;
  /** Inside `dataDirectory`: files that may be drives. */
  readonly drivesFolder: string;
};

export function thisHost(dataDirectory: string): DriveHost {
  return {
    sysfs: "/sys",
    proc: "/proc",
    dataDirectory,
    drivesFolder: join(dataDirectory, "drives"),
  };
}

/**
 * Read what the kernel says about block devices, mounts and swap. Nothing is opened but files of /sys and /proc.
 */
export async function readMachine(host: DriveHost): Promise<MachineFacts> {
  const lines = parseMountInfo(await readFile(join(host.proc, "self/mountinfo"), "utf8"));
  const mounts = await findMountedDevices(lines);
  const realDevices = new Map(mounts.map(({ fileDeviceId, deviceId }) => [fileDeviceId, deviceId]));
  const deviceUnder = async (path: string): Promise<string | null> => {
    const found = findMount(path, lines);
    const id = found?.answers === false ? found.mount.deviceId : await askFile(path);
    return id === null ? null : (realDevices.get(id) ?? id);
  };
  const [devices, swaps, agent, drives, bootId] = await Promise.all([
    readDevices(host, deviceUnder),
    readSwaps(host, deviceUnder),
    findFolder(host.dataDirectory),
    findFolder(host.drivesFolder),
    readBootId(host.proc),
  ]);
  const agentFolder = { path: agent.path, deviceId: await deviceUnder(agent.existing) };
  return { bootId, devices, mounts, swaps, agentFolder, drivesFolder: drives.path };
}

async function askFile(path: string): Promise<string | null> {
  const stats = await stat(path, { bigint: true }).catch(() => null);
  if (stats === null) return null;
  return deviceIdOf(stats.isBlockDevice() ? stats.rdev : stats.dev);
}

type Folder = {
  /** Free of links. */
  readonly path: string;
  /** The folder itself, or the nearest above it that is there. */
  readonly existing: string;
};

/** A folder that is not there yet will lie on the device of the one above it. */
async function findFolder(path: string): Promise<Folder> {
  const real = await realpath(path).catch(() => null);
  if (real !== null) return { path: real, existing: real };
  const above = dirname(path);
  if (above === path) return { path, existing: path };
  const found = await findFolder(above);
  return { path: join(found.path, basename(path)), existing: found.existing };
}

/** New at each start of the kernel; empty where it is not shown. Source: random(4). */
export async function readBootId(proc: string): Promise<string> {
  const path = join(proc, "sys/kernel/random/boot_id");
  return (await readFile(path, "utf8").catch(() => "")).trim();
}

/** A device number as the kernel's files write it. Source: gnu_dev_major(3), gnu_dev_minor(3). */
export function deviceIdOf(number: bigint): string {
  const major = ((number >> 8n) & 0xfffn) | ((number >> 32n) & 0xfffff000n);
  const minor = (number & 0xffn) | ((number >> 12n) & 0xffffff00n);
  return `${major}:${minor}`;
}

type DeviceUnder = (path: string) => Promise<string | null>;

/** btrfs and others give files a device number of their own; the device is then the mount's source. */
async function findMountedDevices(lines: readonly MountLine[]) {
  const found = lines.map(async ({ deviceId, mountPoint, source }) => {
    const stats =
      deviceId.startsWith("0:") && source.startsWith("/dev/")
        ? await stat(source, { bigint: true }).catch(() => null)
        : null;
    const real = stats?.isBlockDevice() ? deviceIdOf(stats.rdev) : deviceId;
    return { mountPoint, deviceId: real, fileDeviceId: deviceId };
  });
  return Promise.all(found);
}

async function readSwaps(host: DriveHost, deviceUnder: DeviceUnder) {
  const text = await readFile(join(host.proc, "swaps"), "utf8").catch(() => "");
  const swaps = parseSwaps(text).map(async (path) => ({ path, deviceId: await deviceUnder(path) }));
  return Promise.all(swaps);
}

async function readDevices(host: DriveHost, deviceUnder: DeviceUnder): Promise<BlockDevice[]> {
  const folder = join(host.sysfs, "class/block");
  const devices = await Promise.all(
    // A device that goes while it is read is left out, as if it had gone before.
    listSysfs(folder).map((name) => readDevice(join(folder, name), deviceUnder).catch(() => null)),
  );
  return devices.filter((device) => device !== null);
}

/** `null` when the device is no longer there. */
async function readDevice(link: string, deviceUnder: DeviceUnder): Promise<BlockDevice | null> {
  const id = readSysfs(link, "dev");
  if (id === null) return null;
  const folder = realpathSync(link);
  const isPartition = readSysfs(folder, "partition") !== null;
  const disk = isPartition ? dirname(folder) : folder;
  const backingFile = readSysfs(folder, "loop/backing_file");
  const under = backingFile === null ? null : await deviceUnder(backingFile);
  const below = listSysfs(join(folder, "slaves")).map((name) => join(folder, "slaves", name));
  if (isPartition) below.push(disk);
  return {
    id,
    name: basename(folder),
    // Always in units of 512 bytes: Documentation/ABI/stable/sysfs-block.
    sizeBytes: Number(readSysfs(folder, "size")) * 512,
    logicalBlockBytes: Number(readSysfs(disk, "queue/logical_block_size") ?? 512),
    isPartition,
    isReadOnly: readSysfs(folder, "ro") === "1",
    below: [...below.map((device) => readSysfs(device, "dev")), under].filter(
      (lower) => lower !== null,
    ),
    backingFile,
    insertion: readSysfs(disk, "diskseq") ?? insertionWithoutDiskseq(folder, backingFile),
    hardware: isPartition ? null : readHardware(folder),
  };
}

/** Before Linux 5.15: sysfs gives a device that is attached anew a new inode, and a loop device its file. */
function insertionWithoutDiskseq(folder: string, backingFile: string | null): string {
  const { ino } = statSync(folder, { bigint: true });
  return backingFile === null ? `${ino}` : `${ino}:${backingFile}`;
}

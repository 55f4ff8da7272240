import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { BlockDevice, MachineFacts } from "@stickfarm/common/drive/why-not-writable";
import { parseMountInfo, parseSwaps } from "./parse-mounts.ts";

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
 *
 * A device that vanishes while it is read is left out, as if it had vanished before.
 */
export async function readMachine(host: DriveHost): Promise<MachineFacts> {
  const mounts = await readMounts(host);
  const realDevices = new Map(mounts.map(({ fileDeviceId, deviceId }) => [fileDeviceId, deviceId]));
  const deviceUnder = async (path: string): Promise<string | null> => {
    const stats = await stat(path, { bigint: true }).catch(() => null);
    if (stats === null) return null;
    const id = stats.isBlockDevice() ? deviceIdOf(stats.rdev) : deviceIdOf(stats.dev);
    return realDevices.get(id) ?? id;
  };
  const [devices, swaps, dataDirectory, drivesFolder] = await Promise.all([
    readDevices(host, deviceUnder),
    readSwaps(host, deviceUnder),
    realpath(host.dataDirectory).catch(() => host.dataDirectory),
    realpath(host.drivesFolder).catch(() => host.drivesFolder),
  ]);
  const agentFolder = { path: dataDirectory, deviceId: await deviceUnder(dataDirectory) };
  return { devices, mounts, swaps, agentFolder, drivesFolder };
}

/** A device number as the kernel's files write it. Source: gnu_dev_major(3), gnu_dev_minor(3). */
export function deviceIdOf(number: bigint): string {
  const major = ((number >> 8n) & 0xfffn) | ((number >> 32n) & 0xfffff000n);
  const minor = (number & 0xffn) | ((number >> 12n) & 0xffffff00n);
  return `${major}:${minor}`;
}

type DeviceUnder = (path: string) => Promise<string | null>;

/** btrfs and others give files a device number of their own; the device is then the mount's source. */
async function readMounts(host: DriveHost) {
  const text = await readFile(join(host.proc, "self/mountinfo"), "utf8");
  const lines = parseMountInfo(text).map(async ({ deviceId, mountPoint, source }) => {
    const stats =
      deviceId.startsWith("0:") && source.startsWith("/dev/")
        ? await stat(source, { bigint: true }).catch(() => null)
        : null;
    const real = stats?.isBlockDevice() ? deviceIdOf(stats.rdev) : deviceId;
    return { mountPoint, deviceId: real, fileDeviceId: deviceId };
  });
  return Promise.all(lines);
}

async function readSwaps(host: DriveHost, deviceUnder: DeviceUnder) {
  const text = await readFile(join(host.proc, "swaps"), "utf8").catch(() => "");
  const swaps = parseSwaps(text).map(async (path) => ({ path, deviceId: await deviceUnder(path) }));
  return Promise.all(swaps);
}

async function readDevices(host: DriveHost, deviceUnder: DeviceUnder): Promise<BlockDevice[]> {
  const folder = join(host.sysfs, "class/block");
  const names = await readdir(folder).catch(() => []);
  const devices = await Promise.all(
    names.map((name) => readDevice(join(folder, name), deviceUnder).catch(() => null)),
  );
  return devices.filter((device) => device !== null);
}

async function readDevice(link: string, deviceUnder: DeviceUnder): Promise<BlockDevice> {
  const folder = await realpath(link);
  const read = async (path: string): Promise<string | null> => {
    const text = await readFile(join(folder, path), "utf8").catch(() => null);
    return text?.trim() ?? null;
  };
  const isPartition = (await read("partition")) !== null;
  const disk = isPartition ? ".." : ".";
  const backingFile = await read("loop/backing_file");
  const id = await readFile(join(folder, "dev"), "utf8");
  return {
    id: id.trim(),
    name: basename(folder),
    // Always in units of 512 bytes: Documentation/ABI/stable/sysfs-block.
    sizeBytes: Number(await read("size")) * 512,
    logicalBlockBytes: Number((await read(join(disk, "queue/logical_block_size"))) ?? 512),
    isPartition,
    isReadOnly: (await read("ro")) === "1",
    below: await readBelow({ folder, isPartition, backingFile }, deviceUnder),
    backingFile,
    insertion: (await read(join(disk, "diskseq"))) ?? (await insertionWithoutDiskseq(folder)),
  };
}

async function readBelow(
  device: {
    readonly folder: string;
    readonly isPartition: boolean;
    readonly backingFile: string | null;
  },
  deviceUnder: DeviceUnder,
): Promise<readonly string[]> {
  const slaves = await readdir(join(device.folder, "slaves")).catch(() => []);
  const files = slaves.map((name) => join(device.folder, "slaves", name, "dev"));
  if (device.isPartition) files.push(join(device.folder, "../dev"));
  const ids = await Promise.all(files.map((file) => readFile(file, "utf8")));
  const under = device.backingFile === null ? null : await deviceUnder(device.backingFile);
  return [...ids.map((id) => id.trim()), ...(under === null ? [] : [under])];
}

/** Before Linux 5.15: sysfs gives a device that is attached anew a new inode, and a loop device its file. */
async function insertionWithoutDiskseq(folder: string): Promise<string> {
  const { ino } = await stat(folder, { bigint: true });
  const file = await readFile(join(folder, "loop/backing_file"), "utf8").catch(() => "");
  return `${ino}${file === "" ? "" : `:${file.trim()}`}`;
}

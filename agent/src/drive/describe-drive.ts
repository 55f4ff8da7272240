import type { BigIntStats } from "node:fs";
import { lstat, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UNSEEN } from "@stickfarm/common/drive/contents";
import { describeUse } from "@stickfarm/common/drive/describe-use";
import { type Drive, type DriveFacts, UNKNOWN_FACTS } from "@stickfarm/common/drive/drive";
import {
  type DriveTarget,
  type FileKind,
  type MachineFacts,
  whyNotWritable,
} from "@stickfarm/common/drive/why-not-writable";
import { describeDisk } from "./describe-disk.ts";
import type { DriveSource } from "./drive-source.ts";
import type { VirtualDriveSource } from "./parse-virtual-drive.ts";
import { deviceIdOf } from "./read-machine.ts";

/** What a path or an open descriptor leads to. */
export type Found = {
  /** Free of links but perhaps the last part. */
  readonly path: string;
  /** `null`: nothing is there. */
  readonly stats: BigIntStats | null;
};

/** Look at what a source's path leads to now. A device may be named by a link such as those in /dev/disk. */
export async function lookAt(source: DriveSource): Promise<Found> {
  const path = await resolvePath(source);
  return { path, stats: await lstat(path, { bigint: true }).catch(() => null) };
}

/**
 * The drive that a source stands for, with everything that speaks against writing to it; `null` for a disk that went
 * after it had been found. What the command line names is always described, there or not.
 */
export function describeDrive(
  source: DriveSource,
  { path, stats }: Found,
  machine: MachineFacts,
): Drive | null {
  if (source.kind !== "disk") return describeVirtual(source, { path, stats }, machine);
  if (!stats?.isBlockDevice()) return null;
  return describeDisk(deviceIdOf(stats.rdev), machine, source.stickBytesMax);
}

function describeVirtual(
  source: VirtualDriveSource,
  { path, stats }: Found,
  machine: MachineFacts,
): Drive {
  const { serial, bay } = source;
  const isDevice = source.kind === "device";
  const transport = isDevice ? "virtual-device" : "virtual-file";
  const target = targetOf(source, { path, stats });
  return {
    driveId: `virtual-${source.kind}:${serial}`,
    bay,
    serial,
    vendor: "Virtual",
    model: isDevice ? "Block device" : "File",
    transport,
    ...(target.kind === "device"
      ? measureDevice(target.deviceId, machine)
      : measureFile(stats, machine)),
    refusals: whyNotWritable(target, machine),
    asks: [],
    facts: factsOf(target, machine),
    contents: UNSEEN,
  };
}

/** Who it is says the command line, which names each serial once. */
function factsOf(target: DriveTarget, machine: MachineFacts): DriveFacts {
  const facts: DriveFacts = { ...UNKNOWN_FACTS, identity: "strong" };
  if (target.kind === "device") return { ...facts, ...describeUse(target.deviceId, machine) };
  const loops = machine.devices.filter(({ backingFile }) => backingFile === target.path);
  return { ...facts, holders: loops.map(({ name }) => name) };
}

async function resolvePath({ kind, path }: DriveSource): Promise<string> {
  if (kind === "disk") return path;
  if (kind === "device") return realpath(path).catch(() => path);
  const folder = await realpath(dirname(path)).catch(() => dirname(path));
  return join(folder, basename(path));
}

function targetOf(source: VirtualDriveSource, { path, stats }: Found): DriveTarget {
  if (source.kind === "file") return { kind: "file", path, fileKind: kindOf(stats) };
  if (!stats?.isBlockDevice()) return { kind: "no_device", path, isThere: stats !== null };
  return { kind: "device", deviceId: deviceIdOf(stats.rdev) };
}

function kindOf(stats: BigIntStats | null): FileKind {
  if (stats === null) return "missing";
  if (stats.isFile()) return "file";
  if (stats.isSymbolicLink()) return "link";
  return stats.isBlockDevice() || stats.isCharacterDevice() ? "device" : "other";
}

type Measures = Pick<Drive, "sizeBytes" | "logicalBlockBytes" | "insertion">;

function measureDevice(deviceId: string, { devices }: MachineFacts): Measures {
  const device = devices.find(({ id }) => id === deviceId);
  if (device === undefined) return NOTHING;
  const { sizeBytes, logicalBlockBytes, insertion } = device;
  return { sizeBytes, logicalBlockBytes, insertion };
}

/** A file has the blocks of the disk that it lies on: O_DIRECT takes no smaller ones. */
function measureFile(stats: BigIntStats | null, { devices }: MachineFacts): Measures {
  if (stats === null) return NOTHING;
  const disk = devices.find(({ id }) => id === deviceIdOf(stats.dev));
  const logicalBlockBytes = disk?.logicalBlockBytes ?? NOTHING.logicalBlockBytes;
  const sizeBytes = Number(stats.size);
  return {
    sizeBytes: sizeBytes - (sizeBytes % logicalBlockBytes),
    logicalBlockBytes,
    insertion: `${deviceIdOf(stats.dev)}:${stats.ino}:${stats.birthtimeNs}`,
  };
}

const NOTHING: Measures = { sizeBytes: 0, logicalBlockBytes: 512, insertion: "" };

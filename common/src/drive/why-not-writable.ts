/**
 * The refusals that no role and no option overrides. They are decided on the graph of block devices as the kernel keeps
 * it, never on names: the disk below the LVM volume that carries "/" is the system's disk whatever it is called.
 */
import type { Problem } from "../problem.ts";
import { carriedBy } from "./carried-by.ts";
import type { Hardware } from "./hardware.ts";

/** What a machine's kernel says about its block devices and what they carry. */
export type MachineFacts = {
  /** New at each start of the kernel. */
  readonly bootId: string;
  readonly devices: readonly BlockDevice[];
  /** Mounted file systems that lie on a device. */
  readonly mounts: readonly { readonly mountPoint: string; readonly deviceId: string }[];
  readonly swaps: readonly { readonly path: string; readonly deviceId: string | null }[];
  /** Where this agent keeps keys, journal and content. */
  readonly agentFolder: { readonly path: string; readonly deviceId: string | null };
  /** The one place inside `agentFolder` where drives may lie. */
  readonly drivesFolder: string;
};

export type BlockDevice = {
  /** "major:minor". */
  readonly id: string;
  readonly name: string;
  /** 0 without a medium. */
  readonly sizeBytes: number;
  readonly logicalBlockBytes: number;
  readonly isPartition: boolean;
  readonly isReadOnly: boolean;
  /** Ids of what it lies on: the disk of a partition, the slaves of dm and md, the device below a loop's file. */
  readonly below: readonly string[];
  /** The file behind a loop device. */
  readonly backingFile: string | null;
  /** Changes with each attach and each medium. */
  readonly insertion: string;
  /** `null`: made of other devices, of a file or of memory. */
  readonly hardware: Hardware | null;
};

export type DriveTarget =
  | { readonly kind: "device"; readonly deviceId: string }
  /** `path` is absolute, its folder free of links. */
  | { readonly kind: "file"; readonly path: string; readonly fileKind: FileKind }
  /** Named as a block device, and is none. */
  | { readonly kind: "no_device"; readonly path: string; readonly isThere: boolean };

export type FileKind = "file" | "link" | "device" | "other" | "missing";

/** Mount points of which a machine does not survive the loss. */
const SYSTEM_PATH = /^\/((usr|var|home|etc|opt|srv|boot[^/]*)(\/|$)|$)/;

/** Where files are not data. */
const KERNEL_PATH = /^\/(proc|sys|dev)(\/|$)/;

/**
 * Every reason against writing to a drive; none means that it may be written.
 *
 * Problems: drive_is_system, drive_in_use, drive_not_drive, drive_read_only, drive_gone.
 */
export function whyNotWritable(target: DriveTarget, facts: MachineFacts): readonly Problem[] {
  switch (target.kind) {
    case "device":
      return whyNotDevice(target.deviceId, facts);
    case "file":
      return whyNotFile(target, facts);
    case "no_device":
      return [whyNoDevice(target)];
  }
}

function whyNoDevice({ path, isThere }: Extract<DriveTarget, { kind: "no_device" }>): Problem {
  const cannot = `Cannot erase the device "${path}"`;
  return isThere
    ? { code: "drive_not_drive", detail: `${cannot}: it is no block device, must be one` }
    : { code: "drive_gone", detail: `${cannot}: it is not there` };
}

function whyNotDevice(deviceId: string, facts: MachineFacts): readonly Problem[] {
  const device = facts.devices.find(({ id }) => id === deviceId);
  if (device === undefined) {
    return [{ code: "drive_gone", detail: `Cannot erase the device ${deviceId}: it is not there` }];
  }
  const cannot = `Cannot erase the device "${device.name}"`;
  const uses = usesOf(deviceId, facts);
  const system = uses.filter(({ isSystem }) => isSystem).map(({ what }) => what);
  const other = uses.filter(({ isSystem }) => !isSystem).map(({ what }) => what);
  const found: Problem[] = [];
  if (system.length > 0) {
    found.push({ code: "drive_is_system", detail: `${cannot}: it carries ${system.join(", ")}` });
  }
  if (other.length > 0) {
    found.push({ code: "drive_in_use", detail: `${cannot}: it carries ${other.join(", ")}` });
  }
  if (device.backingFile !== null && isAgentState(device.backingFile, facts)) {
    found.push({ code: "drive_is_system", detail: `${cannot}: its file is the agent's own` });
  }
  if (device.isPartition) {
    found.push({ code: "drive_not_drive", detail: `${cannot}: it is a partition` });
  }
  if (device.isReadOnly) {
    found.push({ code: "drive_read_only", detail: `${cannot}: it is write-protected` });
  }
  if (device.sizeBytes === 0) {
    found.push({ code: "drive_gone", detail: `${cannot}: it holds no medium` });
  }
  return found;
}

type Use = { readonly what: string; readonly isSystem: boolean };

/** What would be lost with the device: everything that lies on it, directly or through other devices. */
function usesOf(deviceId: string, facts: MachineFacts): readonly Use[] {
  const carried = carriedBy(deviceId, facts.devices);
  const lost = (id: string | null): boolean => id !== null && carried.has(id);
  const { agentFolder } = facts;
  return [
    ...facts.mounts
      .filter((mount) => lost(mount.deviceId))
      .map(({ mountPoint }) => ({
        what: `the file system at "${mountPoint}"`,
        isSystem: SYSTEM_PATH.test(mountPoint),
      })),
    ...facts.swaps
      .filter((swap) => lost(swap.deviceId))
      .map(({ path }) => ({ what: `the swap space "${path}"`, isSystem: true })),
    ...(lost(agentFolder.deviceId)
      ? [{ what: `the agent's own "${agentFolder.path}"`, isSystem: true }]
      : []),
    ...facts.devices
      .filter(({ id, isPartition }) => id !== deviceId && !isPartition && carried.has(id))
      .map(({ name }) => ({ what: `the device "${name}"`, isSystem: false })),
  ];
}

function whyNotFile(
  { path, fileKind }: Extract<DriveTarget, { kind: "file" }>,
  facts: MachineFacts,
): readonly Problem[] {
  const cannot = `Cannot erase the file "${path}"`;
  const loops = facts.devices.filter(({ backingFile }) => backingFile === path);
  const found: Problem[] = [];
  if (fileKind === "missing") {
    found.push({ code: "drive_gone", detail: `${cannot}: it is not there` });
  } else if (fileKind !== "file") {
    const what = { link: "a link", device: "a device", other: "no file" }[fileKind];
    const detail = `${cannot}: it is ${what}, must be a regular file`;
    found.push({ code: "drive_not_drive", detail });
  }
  if (KERNEL_PATH.test(path)) {
    found.push({ code: "drive_not_drive", detail: `${cannot}: it belongs to the kernel` });
  }
  if (isAgentState(path, facts)) {
    found.push({ code: "drive_is_system", detail: `${cannot}: it is the agent's own` });
  }
  if (facts.swaps.some((swap) => swap.path === path)) {
    found.push({ code: "drive_is_system", detail: `${cannot}: it is swap space` });
  }
  for (const { name } of loops) {
    found.push({ code: "drive_in_use", detail: `${cannot}: the device "${name}" lies on it` });
  }
  return found;
}

function isAgentState(path: string, { agentFolder, drivesFolder }: MachineFacts): boolean {
  return isInside(path, agentFolder.path) && !isInside(path, drivesFolder);
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

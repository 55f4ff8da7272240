import type { Drive } from "@stickfarm/common/drive/drive";
import { describeDrive, lookAt } from "./describe-drive.ts";
import type { DriveSource } from "./drive-source.ts";
import { findDisks } from "./find-disks.ts";
import { listDrives } from "./list-drives.ts";
import type { VirtualDriveSource } from "./parse-virtual-drive.ts";
import { type DriveHost, readMachine } from "./read-machine.ts";

/** What an agent was told to offer. */
export type DriveOffer = {
  readonly virtual: readonly VirtualDriveSource[];
  /** `null`: no disk of this machine. Else its sticks, of at most `stickBytesMax`; other disks are shown and refused. */
  readonly usb: { readonly stickBytesMax: number } | null;
};

/** Every drive of the offer, as it is now. Nothing is opened for writing. */
export async function listOffered(offer: DriveOffer, host: DriveHost): Promise<readonly Drive[]> {
  return listDrives(await findSources(offer, host), host);
}

/** Where a drive is now, by who it is and not by what it was called; `null` when the offer has it no more. */
export async function findOffered(
  offer: DriveOffer,
  driveId: string,
  host: DriveHost,
): Promise<DriveSource | null> {
  const machine = await readMachine(host);
  for (const source of await findSources(offer, host)) {
    const drive = describeDrive(source, await lookAt(source), machine);
    if (drive?.driveId === driveId) return source;
  }
  return null;
}

/** The drive of the offer that is at this path now. */
export async function findAtPath(
  offer: DriveOffer,
  path: string,
  host: DriveHost,
): Promise<Drive | null> {
  const machine = await readMachine(host);
  for (const source of await findSources(offer, host)) {
    const found = await lookAt(source);
    if (found.path === path) return describeDrive(source, found, machine);
  }
  return null;
}

async function findSources(
  { virtual, usb }: DriveOffer,
  host: DriveHost,
): Promise<readonly DriveSource[]> {
  if (usb === null) return virtual;
  return [...virtual, ...findDisks(await readMachine(host), usb.stickBytesMax)];
}

import { UNSEEN } from "@stickfarm/common/drive/contents";
import { describeUse } from "@stickfarm/common/drive/describe-use";
import type { Drive } from "@stickfarm/common/drive/drive";
import { identifyDisks } from "@stickfarm/common/drive/identify-disks";
import { askForSize, whyNotStick } from "@stickfarm/common/drive/why-not-stick";
import { type MachineFacts, whyNotWritable } from "@stickfarm/common/drive/why-not-writable";
import { sanitizeText } from "@stickfarm/common/sanitize-text";
import { disksOf } from "./find-disks.ts";

/** Whatever a disk calls itself, no table gets longer names. */
const TEXT_MAX = 64;

/**
 * A disk of this machine as a drive, with everything that speaks against writing to it; `null` when the device is not, or
 * no longer, one of its disks.
 */
export function describeDisk(
  deviceId: string,
  machine: MachineFacts,
  stickBytesMax: number,
): Drive | null {
  const disks = disksOf(machine.devices);
  const disk = disks.find(({ id }) => id === deviceId);
  const identity = identifyDisks(disks).get(deviceId);
  if (disk?.hardware == null || identity === undefined) return null;
  const { vendor, model, serial, usb } = disk.hardware;
  return {
    driveId: sanitizeText(identity.driveId),
    bay: sanitizeText(identity.bay),
    serial: clean(serial),
    vendor: clean(vendor),
    model: clean(model),
    sizeBytes: disk.sizeBytes,
    logicalBlockBytes: disk.logicalBlockBytes,
    // Sequence numbers of disks begin anew with the kernel.
    insertion: `${machine.bootId}:${disk.insertion}`,
    transport: usb === null ? "fixed" : "usb",
    refusals: [...whyNotStick(disk), ...whyNotWritable({ kind: "device", deviceId }, machine)],
    asks: askForSize(disk, stickBytesMax),
    facts: { identity: identity.strength, usb, ...describeUse(deviceId, machine) },
    contents: UNSEEN,
  };
}

function clean(text: string): string {
  return sanitizeText(text).slice(0, TEXT_MAX);
}

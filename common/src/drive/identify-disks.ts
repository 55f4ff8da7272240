import type { UsbPlace } from "./hardware.ts";
import type { BlockDevice } from "./why-not-writable.ts";

export type DiskIdentity = {
  /** Stable within the workstation: of the stick itself when its serial can be trusted, else of the port that it is in. */
  readonly driveId: string;
  readonly bay: string;
  /** weak: by its port only. */
  readonly strength: "weak" | "strong";
};

/** Makers print these, or a counter, where a serial belongs. */
const JUNK_SERIALS =
  /^(.)\1*$|^0?1?23456789(0|abcdef|a)?|^abcdef|^ffff|^none$|^default|^serial|^usb|^n\/a/i;
const SERIAL_LENGTH_MIN = 8;

/**
 * Who each disk is. A serial that is missing, short, made up or shown by two sticks at once says nothing: such a stick is
 * known by its port only, and is another one after each insertion.
 *
 * Shape:  by device id; each drive id and each bay once.
 * Source: reliability of serials as seen in the field, and what f3 and udev do about it.
 */
export function identifyDisks(disks: readonly BlockDevice[]): ReadonlyMap<string, DiskIdentity> {
  const strong = disks.map(strongId);
  return new Map(
    disks.map((disk, index) => {
      const own = strong[index] ?? null;
      const isUnique = own !== null && strong.indexOf(own) === strong.lastIndexOf(own);
      const strength = isUnique ? "strong" : "weak";
      return [disk.id, { driveId: isUnique ? own : weakId(disk), bay: bayOf(disk), strength }];
    }),
  );
}

function strongId({ hardware }: BlockDevice): string | null {
  const { serial = "", usb = null } = hardware ?? {};
  if (usb === null || serial.length < SERIAL_LENGTH_MIN || JUNK_SERIALS.test(serial)) return null;
  return `usb:${usb.vendorId}:${usb.productId}:${serial}${slotOf(usb)}`;
}

function weakId({ id, hardware }: BlockDevice): string {
  const usb = hardware?.usb ?? null;
  if (usb === null) return `disk:${id}`;
  return `usb-port:${usb.portPath}:${usb.vendorId}:${usb.productId}${slotOf(usb)}`;
}

function bayOf({ id, hardware }: BlockDevice): string {
  const usb = hardware?.usb ?? null;
  return usb === null ? `disk-${id}` : `usb-${usb.portPath}${slotOf(usb)}`;
}

function slotOf({ lun }: UsbPlace): string {
  return lun === 0 ? "" : `.lun${lun}`;
}

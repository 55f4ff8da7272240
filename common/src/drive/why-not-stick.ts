import type { Problem } from "../problem.ts";
import type { Ask } from "./ask.ts";
import type { BlockDevice } from "./why-not-writable.ts";

/** Class of USB mass storage. Source: usb.org, "Defined Class Codes". */
const MASS_STORAGE = "08";

/**
 * What speaks against a disk that nobody named on the command line, beside what it carries: it must be a USB stick, and
 * nothing else in disguise.
 *
 * Problems: drive_not_removable, drive_not_storage.
 */
export function whyNotStick({ name, hardware }: BlockDevice): readonly Problem[] {
  const cannot = `Cannot erase the device "${name}"`;
  const usb = hardware?.usb ?? null;
  if (usb === null) {
    const detail = `${cannot}: it hangs on no USB port, must be a USB stick`;
    return [{ code: "drive_not_removable", detail }];
  }
  const others = usb.interfaceClasses.filter((interfaceClass) => interfaceClass !== MASS_STORAGE);
  const isStorage = others.length === 0 && usb.interfaceClasses.length > 0;
  if (isStorage) return [];
  const shown = usb.interfaceClasses.join(", ");
  const detail = `${cannot}: its USB interfaces have the classes "${shown}", must have mass storage (${MASS_STORAGE}) only`;
  return [{ code: "drive_not_storage", detail }];
}

/**
 * A USB disk that is larger than sticks are may be somebody's backups: its serial is asked for.
 *
 * Problems: drive_too_large.
 */
export function askForSize(
  { name, hardware, sizeBytes }: BlockDevice,
  stickBytesMax: number,
): readonly Ask[] {
  if (hardware?.usb == null || sizeBytes <= stickBytesMax) return [];
  const detail = `Cannot erase the device "${name}" by a yes alone: it has ${sizeBytes} bytes, sticks have at most ${stickBytesMax} here`;
  return [{ code: "drive_too_large", detail }];
}

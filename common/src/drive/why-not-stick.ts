import type { Problem } from "../problem.ts";
import type { BlockDevice } from "./why-not-writable.ts";

/** Class of USB mass storage. Source: usb.org, "Defined Class Codes". */
const MASS_STORAGE = "08";

/**
 * What speaks against a disk that nobody named on the command line, beside what it carries: it must be a USB stick, of a
 * size that sticks have, and nothing else in disguise.
 *
 * Problems: drive_not_removable, drive_not_storage, drive_too_large.
 */
export function whyNotStick(
  { name, hardware, sizeBytes }: BlockDevice,
  stickBytesMax: number,
): readonly Problem[] {
  const cannot = `Cannot erase the device "${name}"`;
  const usb = hardware?.usb ?? null;
  if (usb === null) {
    const detail = `${cannot}: it hangs on no USB port, must be a USB stick`;
    return [{ code: "drive_not_removable", detail }];
  }
  const others = usb.interfaceClasses.filter((interfaceClass) => interfaceClass !== MASS_STORAGE);
  const found: Problem[] = [];
  if (others.length > 0 || usb.interfaceClasses.length === 0) {
    const shown = usb.interfaceClasses.join(", ");
    const detail = `${cannot}: its USB interfaces have the classes "${shown}", must have mass storage (${MASS_STORAGE}) only`;
    found.push({ code: "drive_not_storage", detail });
  }
  if (sizeBytes > stickBytesMax) {
    const detail = `${cannot}: it has ${sizeBytes} bytes, sticks have at most ${stickBytesMax} here`;
    found.push({ code: "drive_too_large", detail });
  }
  return found;
}

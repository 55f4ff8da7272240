import { join } from "node:path";
import { GIB, parseBytes } from "@stickfarm/common/bytes";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { DriveOffer } from "../drive/drive-offer.ts";
import { parseVirtualDrives } from "../drive/parse-virtual-drive.ts";
import type { Io } from "./io.ts";

export type OfferOptions = {
  readonly virtualDrive?: readonly string[];
  readonly usbDrives?: true;
  readonly usbSizeMax?: string;
};

/** A larger disk on a USB port is more often somebody's backup than a stick. */
const STICK_BYTES_MAX = 256 * GIB;

/** Problems: usage. */
export function readOffer(
  { workingDirectory }: Io,
  dataDirectory: string,
  { virtualDrive = [], usbDrives, usbSizeMax }: OfferOptions,
): Result<DriveOffer> {
  const drivesFolder = join(dataDirectory, "drives");
  const virtual = parseVirtualDrives(virtualDrive, { drivesFolder, workingDirectory });
  if (!virtual.ok) return virtual;
  const stickBytesMax = usbSizeMax === undefined ? ok(STICK_BYTES_MAX) : parseBytes(usbSizeMax);
  if (!stickBytesMax.ok) return stickBytesMax;
  if (usbSizeMax !== undefined && usbDrives !== true) {
    const detail = "Cannot use --usb-size-max: it needs --usb-drives";
    return fail({ code: "usage", detail });
  }
  const usb = usbDrives === true ? { stickBytesMax: stickBytesMax.value } : null;
  return ok({ virtual: virtual.value, usb });
}

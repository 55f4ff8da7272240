import { basename, dirname, join } from "node:path";
import type { Hardware, UsbPlace } from "@stickfarm/common/drive/hardware";
import { listSysfs, readSysfs } from "./read-sysfs.ts";

/** From a disk up to its USB port there are a SCSI device, target and host, and hubs lie above the port. */
const LEVELS_MAX = 12;

/**
 * What stands behind a whole disk, from its folder in sysfs; `null` for disks that are not hardware, such as loop devices.
 *
 * Source: Documentation/ABI/testing/sysfs-bus-usb; recordings of usb-storage under Linux 6.1.
 */
export function readHardware(folder: string): Hardware | null {
  const device = dirname(dirname(folder));
  if (readSysfs(folder, "device/uevent") === null) return null;
  const usb = findUsb(device);
  const own = usb === null ? folder : usb.folder;
  return {
    vendor: readSysfs(folder, "device/vendor") ?? readSysfs(own, "manufacturer") ?? "",
    model: readSysfs(folder, "device/model") ?? readSysfs(own, "product") ?? "",
    serial: readSysfs(own, "serial") ?? "",
    usb: usb === null ? null : readUsb(usb.folder, lunOf(basename(device))),
  };
}

function findUsb(device: string): { readonly folder: string } | null {
  let folder = device;
  for (let level = 0; level < LEVELS_MAX; level += 1) {
    if (readSysfs(folder, "idVendor") !== null) return { folder };
    folder = dirname(folder);
  }
  return null;
}

function readUsb(folder: string, lun: number): UsbPlace {
  return {
    portPath: basename(folder),
    lun,
    vendorId: readSysfs(folder, "idVendor") ?? "",
    productId: readSysfs(folder, "idProduct") ?? "",
    megabitsPerSecond: Number(readSysfs(folder, "speed") ?? 0),
    interfaceClasses: listSysfs(folder)
      .map((name) => readSysfs(join(folder, name), "bInterfaceClass"))
      .filter((interfaceClass) => interfaceClass !== null),
  };
}

/** The last of "host:channel:target:lun". */
function lunOf(scsiAddress: string): number {
  const lun = /^\d+:\d+:\d+:(\d+)$/.exec(scsiAddress)?.[1];
  return lun === undefined ? 0 : Number(lun);
}

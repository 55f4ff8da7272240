import type { Hardware, UsbPlace } from "./hardware.ts";
import type { BlockDevice } from "./why-not-writable.ts";

const STICK: UsbPlace = {
  portPath: "2-1",
  lun: 0,
  vendorId: "0951",
  productId: "1666",
  megabitsPerSecond: 480,
  interfaceClasses: ["08"],
};

export function disk(id: string, hardware: Partial<Hardware>): BlockDevice {
  return {
    id,
    name: "sda",
    sizeBytes: 1 << 30,
    logicalBlockBytes: 512,
    isPartition: false,
    isReadOnly: false,
    below: [],
    backingFile: null,
    insertion: "1",
    hardware: { vendor: "Kingston", model: "DataTraveler 3.0", serial: "", usb: null, ...hardware },
  };
}

export function usbDisk(id: string, serial: string, place: Partial<UsbPlace> = {}): BlockDevice {
  return disk(id, { serial, usb: { ...STICK, ...place } });
}

import { expect, test } from "vitest";
import { orderModules, plainName, readNeeds } from "./order-modules.ts";

test("readNeeds() finds the names in a driver's file", () => {
  const file = (info: string) => Buffer.from(`\x7fELF\0license=GPL\0${info}\0name=x\0`, "latin1");
  expect(readNeeds(file("depends=usbcore,scsi_mod"))).toEqual(["usbcore", "scsi_mod"]);
  expect(readNeeds(file("depends="))).toEqual([]);
  expect(readNeeds(file("softdepends=other"))).toEqual([]);
});

test("orderModules() puts each driver behind all that it needs, and leaves out what the kernel has", () => {
  const needs = new Map([
    ["xhci_pci", ["xhci-hcd", "usbcore"]],
    ["xhci_hcd", ["usbcore"]],
    ["usbcore", ["usb-common"]],
    ["usb_common", []],
    ["usb_storage", ["scsi_mod", "usbcore"]],
  ]);
  expect(orderModules(["xhci-pci", "usb-storage", "virtio_blk"], needs)).toEqual(
    ["usb_common", "usbcore", "xhci_hcd", "xhci_pci", "usb_storage"].map(plainName),
  );
});

test("orderModules() refuses drivers that need each other", () => {
  const needs = new Map([
    ["a", ["b"]],
    ["b", ["a"]],
  ]);
  expect(() => orderModules(["a"], needs)).toThrow("Drivers need each other: a, b");
});

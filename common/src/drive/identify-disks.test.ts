import { expect, test } from "vitest";
import type { UsbPlace } from "./hardware.ts";
import { identifyDisks } from "./identify-disks.ts";
import { disk, usbDisk } from "./test-disks.ts";

const idsOf = (...sticks: readonly [serial: string, place: Partial<UsbPlace>][]) => {
  const disks = sticks.map(([serial, place], index) => usbDisk(`8:${16 * index}`, serial, place));
  return [...identifyDisks(disks).values()].map(({ driveId }) => driveId);
};

test("identifyDisks() knows a stick by its own serial, whatever port it is in", () => {
  expect(idsOf(["60A44C413FAE", { portPath: "2-1" }])).toEqual(["usb:0951:1666:60A44C413FAE"]);
  expect(idsOf(["60A44C413FAE", { portPath: "1-1.4" }])).toEqual(["usb:0951:1666:60A44C413FAE"]);
});

test.each([
  "",
  "1234567",
  "00000000",
  "FFFFFFFFFFFF",
  "0123456789ABCDEF",
  "123456789012",
  "1234567890A",
  "abcdef0123",
  "USB Flash Disk",
])("identifyDisks() knows a stick with the serial %j by its port only", (serial) => {
  expect(idsOf([serial, { portPath: "2-1.3" }])).toEqual(["usb-port:2-1.3:0951:1666"]);
});

test("identifyDisks() trusts no serial that two sticks show at once", () => {
  const twins = idsOf(
    ["60A44C413FAE", { portPath: "2-1" }],
    ["60A44C413FAE", { portPath: "2-2" }],
    ["60A44C413FAF", { portPath: "2-3" }],
  );
  expect(twins).toEqual([
    "usb-port:2-1:0951:1666",
    "usb-port:2-2:0951:1666",
    "usb:0951:1666:60A44C413FAF",
  ]);
});

test("identifyDisks() takes the slots of a card reader for drives of their own", () => {
  const slots = [0, 1].map((lun) => usbDisk(`8:${lun}`, "60A44C413FAE", { lun }));
  expect([...identifyDisks(slots).values()]).toEqual([
    { driveId: "usb:0951:1666:60A44C413FAE", bay: "usb-2-1", strength: "strong" },
    { driveId: "usb:0951:1666:60A44C413FAE.lun1", bay: "usb-2-1.lun1", strength: "strong" },
  ]);
});

test("identifyDisks() names a disk without a port by its device number", () => {
  const [identity] = identifyDisks([disk("254:0", { serial: "60A44C413FAE" })]).values();
  expect(identity).toEqual({ driveId: "disk:254:0", bay: "disk-254:0", strength: "weak" });
});

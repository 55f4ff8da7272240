import { UNSEEN } from "@stickfarm/common/drive/contents";
import { expect, test } from "vitest";
import { describeDisk } from "./describe-disk.ts";
import { disksOf, findDisks } from "./find-disks.ts";
import { readMachine } from "./read-machine.ts";
import { paintMachine } from "./test-sysfs.ts";

/** Recorded with usb-storage under Linux 6.1: the port, its interface, the SCSI device, the disk. */
const PORT = "sys/devices/platform/dummy_hcd.1/usb2/2-1";
const SCSI = `${PORT}/2-1:1.0/host1/target1:0:0/1:0:0:0`;
const STICK = `${SCSI}/block/sdb`;
const NVME = "sys/devices/pci0000:00/0000:00:05.0/nvme/nvme0";

const STICK_FILES = {
  [`${PORT}/idVendor`]: "0951",
  [`${PORT}/idProduct`]: "1666",
  [`${PORT}/serial`]: "60A44C413FAE",
  [`${PORT}/manufacturer`]: "Kingston",
  [`${PORT}/product`]: "DataTraveler 3.0",
  [`${PORT}/speed`]: "480",
  [`${PORT}/2-1:1.0/bInterfaceClass`]: "08",
  [`${SCSI}/uevent`]: "DEVTYPE=scsi_device",
  [`${SCSI}/vendor`]: "Kingston",
  [`${SCSI}/model`]: "DataTraveler 3.0",
  [`${STICK}/dev`]: "8:16",
  [`${STICK}/size`]: "131072",
  [`${STICK}/ro`]: "0",
  [`${STICK}/diskseq`]: "4",
  [`${STICK}/queue/logical_block_size`]: "512",
};

const paint = (more: Readonly<Record<string, string>> = {}) =>
  paintMachine(
    {
      ...STICK_FILES,
      [`${NVME}/uevent`]: "NVME_TRTYPE=pcie",
      [`${NVME}/model`]: "Samsung SSD 980",
      [`${NVME}/nvme0n1/dev`]: "259:0",
      [`${NVME}/nvme0n1/size`]: "1000",
      "sys/devices/virtual/block/loop3/dev": "7:3",
      "proc/self/mountinfo": "",
      "proc/sys/kernel/random/boot_id": "5f1c",
      ...more,
    },
    {
      "sys/class/block/sdb":
        "../../devices/platform/dummy_hcd.1/usb2/2-1/2-1:1.0/host1/target1:0:0/1:0:0:0/block/sdb",
      [`${STICK}/device`]: "../../../1:0:0:0",
      "sys/class/block/nvme0n1": "../../devices/pci0000:00/0000:00:05.0/nvme/nvme0/nvme0n1",
      [`${NVME}/nvme0n1/device`]: "../../nvme0",
      "sys/class/block/loop3": "../../devices/virtual/block/loop3",
    },
  );

const SIZE_MAX = 256 * 2 ** 30;

test("readHardware() reads what a stick says of itself, and the port that it is in", async () => {
  const { devices } = await readMachine(await paint());
  expect(devices.find(({ name }) => name === "sdb")?.hardware).toEqual({
    vendor: "Kingston",
    model: "DataTraveler 3.0",
    serial: "60A44C413FAE",
    usb: {
      portPath: "2-1",
      lun: 0,
      vendorId: "0951",
      productId: "1666",
      megabitsPerSecond: 480,
      interfaceClasses: ["08"],
    },
  });
});

test("findDisks() shows hardware, on USB or not, and nothing made of files or memory", async () => {
  const machine = await readMachine(await paint());
  expect(
    findDisks(machine, SIZE_MAX)
      .map(({ path }) => path)
      .sort(),
  ).toEqual(["/dev/nvme0n1", "/dev/sdb"]);
});

test("findDisks() leaves optical drives out", async () => {
  const { devices } = await readMachine(await paint());
  expect(disksOf(devices.map((device) => ({ ...device, name: "sr0" })))).toEqual([]);
});

test("describeDisk() makes a drive of a stick, new with each insertion and each start of the kernel", async () => {
  const machine = await readMachine(await paint());
  expect(describeDisk("8:16", machine, SIZE_MAX)).toEqual({
    driveId: "usb:0951:1666:60A44C413FAE",
    bay: "usb-2-1",
    serial: "60A44C413FAE",
    vendor: "Kingston",
    model: "DataTraveler 3.0",
    sizeBytes: 67_108_864,
    logicalBlockBytes: 512,
    insertion: "5f1c:4",
    transport: "usb",
    refusals: [],
    asks: [],
    facts: {
      identity: "strong",
      usb: {
        portPath: "2-1",
        lun: 0,
        vendorId: "0951",
        productId: "1666",
        megabitsPerSecond: 480,
        interfaceClasses: ["08"],
      },
      isReadOnly: false,
      mountPoints: [],
      holders: [],
    },
    contents: UNSEEN,
  });
});

test("describeDisk() refuses a disk of the machine, and a stick that types", async () => {
  const machine = await readMachine(await paint({ [`${PORT}/2-1:1.1/bInterfaceClass`]: "03" }));
  const codes = (id: string) =>
    describeDisk(id, machine, SIZE_MAX)?.refusals.map(({ code }) => code);
  expect(codes("259:0")).toEqual(["drive_not_removable"]);
  expect(codes("8:16")).toEqual(["drive_not_storage"]);
});

test("describeDisk() asks for the serial of a stick that is larger than sticks are", async () => {
  const drive = describeDisk("8:16", await readMachine(await paint()), 67_108_864 - 512);
  expect(drive?.refusals).toEqual([]);
  expect(drive?.asks.map(({ code }) => code)).toEqual(["drive_too_large"]);
});

test("describeDisk() lets no stick write on the terminal", async () => {
  const machine = await readMachine(
    await paint({ [`${PORT}/serial`]: "\u001b[2Jgood\u202e", [`${SCSI}/model`]: "x".repeat(500) }),
  );
  const drive = describeDisk("8:16", machine, SIZE_MAX);
  expect(drive?.serial).toBe("\ufffd[2Jgood\ufffd");
  expect(drive?.model).toHaveLength(64);
});

test("describeDisk() knows nothing of a device that has gone", async () => {
  expect(describeDisk("8:32", await readMachine(await paint()), SIZE_MAX)).toBeNull();
});

import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { whyNotWritable } from "@stickfarm/common/drive/why-not-writable";
import { expect, test } from "vitest";
import { deviceIdOf, readMachine, thisHost } from "./read-machine.ts";
import { paintInto, paintMachine } from "./test-sysfs.ts";

const SDA = "sys/devices/pci/block/sda";
const DM = "sys/devices/virtual/block/dm-0";
const LOOP = "sys/devices/virtual/block/loop3";

/** The shape is a recording of Linux 6.18; the values are made up. */
const paintWorkstation = () =>
  paintMachine(
    {
      [`${SDA}/dev`]: "8:0",
      [`${SDA}/size`]: "2048",
      [`${SDA}/ro`]: "0",
      [`${SDA}/diskseq`]: "9",
      [`${SDA}/queue/logical_block_size`]: "4096",
      [`${SDA}/sda2/dev`]: "8:2",
      [`${SDA}/sda2/size`]: "1024",
      [`${SDA}/sda2/ro`]: "0",
      [`${SDA}/sda2/partition`]: "2",
      [`${DM}/dev`]: "253:0",
      [`${DM}/size`]: "1000",
      [`${DM}/ro`]: "1",
      [`${LOOP}/dev`]: "7:3",
      [`${LOOP}/size`]: "64",
      [`${LOOP}/ro`]: "0",
      [`${LOOP}/loop/backing_file`]: "/nowhere/x.img",
      "proc/self/mountinfo": "27 1 253:0 / / rw - ext4 /dev/mapper/root rw",
      "proc/swaps": "Filename\tType\tSize\tUsed\tPriority",
    },
    {
      "sys/class/block/sda": "../../devices/pci/block/sda",
      "sys/class/block/sda2": "../../devices/pci/block/sda/sda2",
      "sys/class/block/dm-0": "../../devices/virtual/block/dm-0",
      "sys/class/block/loop3": "../../devices/virtual/block/loop3",
      "sys/class/block/gone": "../../devices/virtual/block/gone",
      [`${DM}/slaves/sda2`]: "../../../../pci/block/sda/sda2",
    },
  );

test("readMachine() reads sizes, blocks, read-only and insertion, of partitions from their disk", async () => {
  const { devices } = await readMachine(await paintWorkstation());
  expect(devices.map(({ name }) => name).sort()).toEqual(["dm-0", "loop3", "sda", "sda2"]);
  expect(devices.find(({ name }) => name === "sda2")).toEqual({
    id: "8:2",
    name: "sda2",
    sizeBytes: 524_288,
    logicalBlockBytes: 4096,
    isPartition: true,
    isReadOnly: false,
    below: ["8:0"],
    backingFile: null,
    insertion: "9",
    hardware: null,
  });
  expect(devices.find(({ name }) => name === "dm-0")).toMatchObject({
    isReadOnly: true,
    below: ["8:2"],
    logicalBlockBytes: 512,
  });
  expect(devices.find(({ name }) => name === "loop3")).toMatchObject({
    backingFile: "/nowhere/x.img",
    insertion: expect.stringMatching(/^\d+:\/nowhere\/x.img$/),
  });
});

test("readMachine() gives whyNotWritable() what it needs to refuse the system's disk", async () => {
  const machine = await readMachine(await paintWorkstation());
  const codes = (deviceId: string): string[] =>
    whyNotWritable({ kind: "device", deviceId }, machine).map(({ code }) => code);
  expect(codes("8:0")).toContain("drive_is_system");
  expect(codes("7:3")).toEqual([]);
});

test("readMachine() knows where this machine's root lies", async () => {
  const machine = await readMachine(thisHost("/var/lib/stickfarm"));
  expect(machine.mounts.map(({ mountPoint }) => mountPoint)).toContain("/");
  expect(machine.mounts.every(({ deviceId }) => /^\d+:\d+$/.test(deviceId))).toBe(true);
});

test("readMachine() asks no file of a share that is behind a loop device, whose mount says enough", async () => {
  const host = await paintMachine(
    {
      [`${LOOP}/dev`]: "7:3",
      [`${LOOP}/size`]: "64",
      [`${LOOP}/loop/backing_file`]: "/nowhere/share/x.img",
      "proc/self/mountinfo": "27 1 0:50 / /nowhere/share rw - nfs4 server:/x rw",
    },
    { "sys/class/block/loop3": "../../devices/virtual/block/loop3" },
  );
  // Had it been asked for, it would not be there.
  expect((await readMachine(host)).devices).toMatchObject([{ id: "7:3", below: ["0:50"] }]);
});

test("readMachine() finds the device that a folder will lie on which is not there yet", async () => {
  const host = await paintMachine({ "proc/self/mountinfo": "" }, { link: "proc" });
  const root = dirname(host.proc);
  const dataDirectory = join(root, "link", "not", "yet");
  const { agentFolder } = await readMachine({ ...host, dataDirectory });
  const { dev } = await stat(root, { bigint: true });
  expect(agentFolder).toEqual({ path: join(root, "proc/not/yet"), deviceId: deviceIdOf(dev) });
});

test("readMachine() has the disk refused that would carry the agent's folder", async () => {
  const host = await paintMachine({ "proc/self/mountinfo": "" }, {});
  const root = dirname(host.proc);
  const { dev } = await stat(root, { bigint: true });
  await paintInto(root, {
    "sys/class/block/sdz/dev": deviceIdOf(dev),
    "sys/class/block/sdz/size": "64",
  });
  const machine = await readMachine({ ...host, dataDirectory: join(root, "not/yet") });
  const [problem] = whyNotWritable({ kind: "device", deviceId: deviceIdOf(dev) }, machine);
  expect(problem).toMatchObject({
    code: "drive_is_system",
    detail: expect.stringContaining(join(root, "not/yet")),
  });
});

test("deviceIdOf() splits a device number as the C library does", async () => {
  expect(deviceIdOf(0x801n)).toBe("8:1");
  // Source: makedev(74565, 703710) of glibc 2.36.
  expect(deviceIdOf(0x12000abc345den)).toBe("74565:703710");
  const { rdev } = await stat("/dev/null", { bigint: true });
  expect(deviceIdOf(rdev)).toBe("1:3");
});

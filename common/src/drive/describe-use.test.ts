import { expect, test } from "vitest";
import { describeUse } from "./describe-use.ts";
import { disk } from "./test-disks.ts";
import type { MachineFacts } from "./why-not-writable.ts";

const MACHINE: MachineFacts = {
  bootId: "b",
  devices: [
    { ...disk("8:0", {}), isReadOnly: true },
    { ...disk("8:1", {}), name: "sda1", isPartition: true, below: ["8:0"] },
    { ...disk("253:0", {}), name: "vg-home", below: ["8:1"] },
    { ...disk("8:16", {}), name: "sdb" },
  ],
  mounts: [
    { mountPoint: "/mnt/\u202egood", deviceId: "8:1" },
    { mountPoint: "/home", deviceId: "253:0" },
    { mountPoint: "/other", deviceId: "8:16" },
  ],
  swaps: [],
  agentFolder: { path: "/agent", deviceId: null },
  drivesFolder: "/agent/drives",
};

test("describeUse() names mounts and devices on a disk, also through its partitions", () => {
  expect(describeUse("8:0", MACHINE)).toEqual({
    isReadOnly: true,
    mountPoints: ["/home", "/mnt/\ufffdgood"],
    holders: ["vg-home"],
  });
});

test("describeUse() says nothing of a disk that nobody uses, or that is not there", () => {
  const unused = { isReadOnly: false, mountPoints: [], holders: [] };
  expect(describeUse("8:16", { ...MACHINE, mounts: [] })).toEqual(unused);
  expect(describeUse("8:99", MACHINE)).toEqual(unused);
});

test("describeUse() names no more mounts than somebody reads", () => {
  const mounts = Array.from({ length: 500 }, (_, index) => ({
    mountPoint: `/mnt/${index}`,
    deviceId: "8:16",
  }));
  expect(describeUse("8:16", { ...MACHINE, mounts }).mountPoints).toHaveLength(16);
});

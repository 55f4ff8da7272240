import { expect, test } from "vitest";
import {
  type BlockDevice,
  type DriveTarget,
  type MachineFacts,
  whyNotWritable,
} from "./why-not-writable.ts";

const device = (id: string, name: string, more: Partial<BlockDevice> = {}): BlockDevice => ({
  id,
  name,
  sizeBytes: 1 << 30,
  logicalBlockBytes: 512,
  isPartition: false,
  isReadOnly: false,
  below: [],
  backingFile: null,
  insertion: "1",
  hardware: null,
  ...more,
});

/**
 * A workstation: "/" on LVM on LUKS on sda2, "/boot/efi" on sda1, swap on md0 over sdb1 and sdc1, the agent's data on
 * sdd1, a stick sde whose partition is mounted, loop0 on a file of "/", loop1 on a file of the agent's cache; sdf is free.
 */
const machine: MachineFacts = {
  bootId: "b",
  devices: [
    device("8:0", "sda"),
    device("8:1", "sda1", { isPartition: true, below: ["8:0"] }),
    device("8:2", "sda2", { isPartition: true, below: ["8:0"] }),
    device("253:0", "dm-0", { below: ["8:2"] }),
    device("253:1", "dm-1", { below: ["253:0"] }),
    device("8:16", "sdb"),
    device("8:17", "sdb1", { isPartition: true, below: ["8:16"] }),
    device("8:32", "sdc"),
    device("8:33", "sdc1", { isPartition: true, below: ["8:32"] }),
    device("9:0", "md0", { below: ["8:17", "8:33"] }),
    device("8:48", "sdd"),
    device("8:49", "sdd1", { isPartition: true, below: ["8:48"] }),
    device("8:64", "sde"),
    device("8:65", "sde1", { isPartition: true, below: ["8:64"] }),
    device("8:80", "sdf"),
    device("8:96", "sdg", { isReadOnly: true }),
    device("8:112", "sdh", { sizeBytes: 0 }),
    device("7:0", "loop0", { below: ["253:1"], backingFile: "/home/ann/a.img" }),
    device("7:1", "loop1", { below: ["8:49"], backingFile: "/data/agent/cache/ab" }),
  ],
  mounts: [
    { mountPoint: "/", deviceId: "253:1" },
    { mountPoint: "/boot/efi", deviceId: "8:1" },
    { mountPoint: "/data", deviceId: "8:49" },
    { mountPoint: "/media/ann/STICK", deviceId: "8:65" },
  ],
  swaps: [
    { path: "/dev/md0", deviceId: "9:0" },
    { path: "/data/swapfile", deviceId: "8:49" },
  ],
  agentFolder: { path: "/data/agent", deviceId: "8:49" },
  drivesFolder: "/data/agent/drives",
};

const codes = (target: DriveTarget): string[] =>
  whyNotWritable(target, machine).map(({ code }) => code);

test.each([
  [
    "sda, below the LVM volume that carries / and below /boot/efi",
    "8:0",
    ["drive_is_system", "drive_in_use"],
  ],
  ["sda2", "8:2", ["drive_is_system", "drive_in_use", "drive_not_drive"]],
  ["the crypt device itself", "253:0", ["drive_is_system", "drive_in_use"]],
  ["sdb, half of the mirror that holds swap", "8:16", ["drive_is_system", "drive_in_use"]],
  ["sdc, the other half", "8:32", ["drive_is_system", "drive_in_use"]],
  ["sdd, where the agent keeps its data", "8:48", ["drive_is_system", "drive_in_use"]],
  ["sde, whose partition is mounted", "8:64", ["drive_in_use"]],
  ["a partition", "8:65", ["drive_in_use", "drive_not_drive"]],
  ["a write-protected stick", "8:96", ["drive_read_only"]],
  ["a reader without a card", "8:112", ["drive_gone"]],
  ["a loop device on the agent's cache", "7:1", ["drive_is_system"]],
  ["a device that is not there", "8:128", ["drive_gone"]],
  ["sdf, which carries nothing", "8:80", []],
  ["a loop device on a file of the system's disk", "7:0", []],
])("whyNotWritable() judges %s", (_, deviceId, expected) => {
  expect(codes({ kind: "device", deviceId })).toEqual(expected);
});

test.each([
  ["/boot", true],
  ["/boot/efi", true],
  ["/boot-old", true],
  ["/usr", true],
  ["/var/lib/docker", true],
  ["/home", true],
  ["/etc", true],
  ["/opt", true],
  ["/srv/nfs", true],
  ["/", true],
  ["/mnt", false],
  ["/media/ann/usr", false],
  ["/varnish", false],
])("whyNotWritable() takes %s for the system's: %s", (mountPoint, isSystem) => {
  const mounts = [{ mountPoint, deviceId: "8:80" }];
  const [problem] = whyNotWritable({ kind: "device", deviceId: "8:80" }, { ...machine, mounts });
  expect(problem?.code).toBe(isSystem ? "drive_is_system" : "drive_in_use");
  expect(problem?.detail).toContain(`"${mountPoint}"`);
});

test.each([
  ["a regular file", "/home/ann/b.img", "file", []],
  ["a link", "/home/ann/b.img", "link", ["drive_not_drive"]],
  ["a device node", "/home/ann/b.img", "device", ["drive_not_drive"]],
  ["a folder", "/home/ann", "other", ["drive_not_drive"]],
  ["a file that is not there", "/home/ann/b.img", "missing", ["drive_gone"]],
  ["a file of the kernel", "/proc/kcore", "file", ["drive_not_drive"]],
  ["a file in /dev", "/dev/shm/x.img", "file", ["drive_not_drive"]],
  ["the agent's journal", "/data/agent/journal", "file", ["drive_is_system"]],
  ["a file beside the agent's folder", "/data/agent2/x.img", "file", []],
  ["a file among the agent's drives", "/data/agent/drives/1.img", "file", []],
  ["swap space", "/data/swapfile", "file", ["drive_is_system"]],
  ["a file with a loop device on it", "/home/ann/a.img", "file", ["drive_in_use"]],
] as const)("whyNotWritable() judges %s", (_, path, fileKind, expected) => {
  expect(codes({ kind: "file", path, fileKind })).toEqual(expected);
});

test.each([
  [true, "drive_not_drive", "it is no block device, must be one"],
  [false, "drive_gone", "it is not there"],
])(
  "whyNotWritable() says what is named as a device and is none: there %s",
  (isThere, code, why) => {
    expect(whyNotWritable({ kind: "no_device", path: "/dev/null", isThere }, machine)).toEqual([
      { code, detail: `Cannot erase the device "/dev/null": ${why}` },
    ]);
  },
);

test("whyNotWritable() refuses the disk that the agent's folder lies on, whatever else is there", () => {
  const alone = { ...machine, mounts: [], swaps: [], devices: [device("8:48", "sdd")] };
  const agentFolder = { path: "/data/agent", deviceId: "8:48" };
  const target = { kind: "device", deviceId: "8:48" } as const;
  expect(whyNotWritable(target, { ...alone, agentFolder })).toEqual([
    {
      code: "drive_is_system",
      detail: 'Cannot erase the device "sdd": it carries the agent\'s own "/data/agent"',
    },
  ]);
});

test("whyNotWritable() ends on devices that lie on each other in a circle", () => {
  const devices = [device("1:0", "a", { below: ["2:0"] }), device("2:0", "b", { below: ["1:0"] })];
  const found = whyNotWritable({ kind: "device", deviceId: "1:0" }, { ...machine, devices });
  expect(found.map(({ code }) => code)).toEqual(["drive_in_use"]);
});

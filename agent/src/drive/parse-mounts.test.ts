import { expect, test } from "vitest";
import { parseMountInfo, parseSwaps } from "./parse-mounts.ts";

test("parseMountInfo() reads devices, mount points and sources, with and without optional fields", () => {
  const text = [
    "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard",
    "90 27 0:43 /root /data rw,noatime shared:5 master:2 - btrfs /dev/sdb1 rw,subvol=/root",
    "91 27 8:17 / /media/ann/MY\\040STICK rw - vfat /dev/sdb1 rw",
    "nonsense",
    "",
  ].join("\n");
  expect(parseMountInfo(text)).toEqual([
    { deviceId: "254:0", mountPoint: "/", fileSystem: "ext4", source: "/dev/vda" },
    { deviceId: "0:43", mountPoint: "/data", fileSystem: "btrfs", source: "/dev/sdb1" },
    {
      deviceId: "8:17",
      mountPoint: "/media/ann/MY STICK",
      fileSystem: "vfat",
      source: "/dev/sdb1",
    },
  ]);
});

test("parseSwaps() reads devices and files", () => {
  const text = [
    "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority",
    "/dev/dm-1                               partition\t999420\t\t0\t\t-2",
    "/swap\\040file                           file\t\t1024\t\t0\t\t-3",
    "",
  ].join("\n");
  expect(parseSwaps(text)).toEqual(["/dev/dm-1", "/swap file"]);
  expect(parseSwaps("")).toEqual([]);
});

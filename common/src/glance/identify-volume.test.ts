import { expect, test } from "vitest";
import { identifyVolume } from "./identify-volume.ts";
import { type RecordedName, readerOf, recordedBytes } from "./test-volumes.ts";

const identify = (bytes: Uint8Array, sizeBytes?: number) =>
  identifyVolume(readerOf(bytes, sizeBytes), sizeBytes ?? bytes.length);

test.each<[RecordedName, string, string]>([
  ["ext2", "ext2", "data ext2"],
  ["ext3", "ext3", "data ext3"],
  ["ext4", "ext4", "data ext4"],
  ["xfs", "xfs", "xfsdata"],
  ["btrfs", "btrfs", "btr \u00e4"],
  ["f2fs", "f2fs", "f2 \u00fc"],
  ["ntfs", "ntfs", "Windows \u00fc"],
  ["exfat", "exfat", "Ex \u00c4\u00d6"],
  ["fat12", "fat12", "FLOPPY"],
  ["fat16", "fat16", "SIXTEEN"],
  ["fat32", "fat32", "HOLIDAYS 26"],
  ["fat32-nolabel", "fat32", ""],
  ["swap", "swap", "swappy"],
  ["luks1", "luks", ""],
  ["luks2", "luks", "vault"],
  ["lvm2", "lvm2", ""],
  ["iso", "iso9660", "MY DISC"],
])("identifyVolume() knows what the makers of %s made", async (name, kind, label) => {
  const { bytes, sizeBytes } = recordedBytes(name);
  expect(await identify(bytes, sizeBytes)).toEqual({ kind, label });
});

test("identifyVolume() takes zeros for blank, and everything else for unknown", async () => {
  expect(await identify(new Uint8Array(0))).toEqual({ kind: "blank", label: "" });
  expect(await identify(new Uint8Array(100_000))).toEqual({ kind: "blank", label: "" });
  for (const fill of [0xa5, 0xff])
    expect(await identify(new Uint8Array(100_000).fill(fill))).toMatchObject({ kind: "unknown" });
});

test("identifyVolume() sees that the file system in a RAID is not the volume's own", async () => {
  const { bytes } = recordedBytes("fat32");
  const member = Buffer.alloc(1 << 20);
  member.set(bytes.subarray(0, 8192));
  member.set([0xfc, 0x4e, 0x2b, 0xa9], (1 << 20) - 8192);
  expect((await identify(member)).kind).toBe("md");
});

test.each([
  ["-FVE-FS-", "bitlocker"],
  ["ReFS\0\0\0\0", "refs"],
])("identifyVolume() knows the boot sector of %j", async (oem, kind) => {
  const bytes = Buffer.alloc(8192);
  bytes.write(oem, 3);
  expect((await identify(bytes)).kind).toBe(kind);
});

test("identifyVolume() lets no label steer the terminal", async () => {
  const { bytes, sizeBytes } = recordedBytes("ext4");
  bytes.write("\u001b[2J\u202edcba\0\0\0", 1024 + 120);
  expect((await identify(bytes, sizeBytes)).label).toBe("\ufffd[2J\ufffddcba");
});

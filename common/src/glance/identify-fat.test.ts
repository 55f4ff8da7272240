import { expect, test } from "vitest";
import { identifyFat } from "./identify-fat.ts";
import { readerOf, recordedBytes } from "./test-volumes.ts";

test.each<[string, (boot: Buffer) => void]>([
  ["no signature", (boot) => boot.writeUInt16LE(0, 510)],
  ["no jump", (boot) => boot.writeUInt8(0, 0)],
  ["sectors of 333 bytes", (boot) => boot.writeUInt16LE(333, 11)],
  ["clusters of 3 sectors", (boot) => boot.writeUInt8(3, 13)],
  ["clusters of no sectors", (boot) => boot.writeUInt8(0, 13)],
  ["no reserved sectors", (boot) => boot.writeUInt16LE(0, 14)],
  ["no table", (boot) => boot.writeUInt8(0, 16)],
  ["200 tables", (boot) => boot.writeUInt8(200, 16)],
  ["no room for a file", (boot) => boot.writeUInt32LE(40, 32)],
])("identifyFat() takes a boot sector with %s for none", async (_, change) => {
  const { bytes } = recordedBytes("fat32");
  expect(await identifyFat(readerOf(bytes), bytes)).toMatchObject({ kind: "fat32" });
  change(bytes);
  expect(await identifyFat(readerOf(bytes), bytes)).toBeNull();
});

test("identifyFat() takes the label of the boot sector where the root directory has none", async () => {
  const { bytes } = recordedBytes("fat16");
  const boot = bytes.subarray(0, 512);
  expect(await identifyFat(readerOf(boot), boot)).toEqual({ kind: "fat16", label: "SIXTEEN    " });
  boot.write("NO NAME    ", 43, "latin1");
  expect(await identifyFat(readerOf(boot), boot)).toEqual({ kind: "fat16", label: "" });
});

test("identifyFat() reads no root directory from before the volume, nor a large one", async () => {
  const { bytes } = recordedBytes("fat32");
  bytes.writeUInt32LE(0, 44);
  const reads: number[] = [];
  const read = async (at: number, lengthBytes: number) => {
    reads.push(at, lengthBytes);
    return new Uint8Array();
  };
  await identifyFat(read, bytes);
  expect(reads.every((value) => value >= 0)).toBe(true);
  expect(reads[1]).toBeLessThanOrEqual(4096);
});

import { expect, test } from "vitest";
import { exfatLabel, ntfsLabel } from "./read-label.ts";
import { readerOf, recordedBytes } from "./test-volumes.ts";

test.each<[string, (bytes: Buffer) => void]>([
  ["records of no bytes", (bytes) => bytes.writeUInt8(0, 64)],
  ["records of 2^128 bytes", (bytes) => bytes.writeUInt8(128, 64)],
  ["a table beyond every drive", (bytes) => bytes.fill(0xff, 48, 56)],
  ["a table that is none", (bytes) => bytes.writeUInt32LE(0, 48)],
])("ntfsLabel() of a volume with %s is empty", async (_, change) => {
  const { bytes, sizeBytes } = recordedBytes("ntfs");
  expect(await ntfsLabel(readerOf(bytes, sizeBytes), bytes)).toBe("Windows \u00fc");
  change(bytes);
  expect(await ntfsLabel(readerOf(bytes, sizeBytes), bytes)).toBe("");
});

test("ntfsLabel() comes to an end when attributes have no length", async () => {
  const { bytes, sizeBytes } = recordedBytes("ntfs");
  const recordAt = Number(bytes.readBigUInt64LE(48)) * 4096 + 3 * 1024;
  expect(bytes.subarray(recordAt, recordAt + 4).toString()).toBe("FILE");
  bytes.fill(0, recordAt + bytes.readUInt16LE(recordAt + 20), recordAt + 1024);
  expect(await ntfsLabel(readerOf(bytes, sizeBytes), bytes)).toBe("");
});

test.each<[string, (bytes: Buffer) => void]>([
  ["clusters of 2^510 bytes", (bytes) => bytes.fill(0xff, 108, 110)],
  ["a root before its start", (bytes) => bytes.writeUInt32LE(0, 96)],
])("exfatLabel() of a volume with %s is empty", async (_, change) => {
  const { bytes, sizeBytes } = recordedBytes("exfat");
  expect(await exfatLabel(readerOf(bytes, sizeBytes), bytes)).toBe("Ex \u00c4\u00d6");
  change(bytes);
  expect(await exfatLabel(readerOf(bytes, sizeBytes), bytes)).toBe("");
});

import { expect, test } from "vitest";
import { MIB } from "../bytes.ts";
import { describeImage } from "./describe-image.ts";
import { RECORDED_NAMES, readerOf, recordedBytes } from "./test-volumes.ts";

const DRIVE_BYTES = 512 * MIB;

const describe = (bytes: Uint8Array, sizeBytes = DRIVE_BYTES) =>
  describeImage(readerOf(bytes, sizeBytes), { sizeBytes, logicalBlockBytes: 512 });

test("describeImage() says the same of an image and of the drive that it was written to", async () => {
  const differing: string[] = [];
  for (const name of RECORDED_NAMES) {
    const { bytes } = recordedBytes(name);
    const ending = await describeImage(readerOf(bytes), {
      sizeBytes: DRIVE_BYTES,
      logicalBlockBytes: 512,
    });
    if (ending !== (await describe(bytes))) differing.push(name);
  }
  expect(differing).toEqual([]);
});

test("describeImage() tells images apart", async () => {
  const images = RECORDED_NAMES.map((name) => recordedBytes(name).bytes);
  const described = await Promise.all(images.map((bytes) => describe(bytes)));
  expect(new Set(described).size).toBe(images.length);
});

test.each([
  ["the disk signature", "mbr", 440],
  ["the boot program", "mbr", 0],
  ["the disk's GUID before an unchanged MBR", "gpt", 512 + 56],
] as const)("describeImage() differs with %s", async (_, name, at) => {
  const { bytes } = recordedBytes(name);
  const before = await describe(bytes);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  expect(await describe(bytes)).not.toBe(before);
});

import { expect, test } from "vitest";
import { renderOwnImage } from "./render-own-image.ts";

test("renderOwnImage() is a partitioned image with a FAT32 file system in it", () => {
  const image = Buffer.from(renderOwnImage());
  expect(image.readUInt16LE(510)).toBe(0xaa55);
  expect(image.toString("latin1", 1024 * 1024 + 82, 1024 * 1024 + 90)).toBe("FAT32   ");
});

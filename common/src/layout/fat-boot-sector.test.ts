import { expect, test } from "vitest";
import { GIB, MIB } from "../bytes.ts";
import { type FatPartition, renderReservedBlocks } from "./fat-boot-sector.ts";
import { chooseFatGeometry, type FatGeometry } from "./fat-geometry.ts";

function partition(blockBytes: number, volumeLabel = "HQ BOOT"): FatPartition {
  return {
    geometry: chooseFatGeometry({ partitionBytes: GIB, blockBytes }, []) as FatGeometry,
    offsetBytes: MIB,
    volumeId: 0xcafef00d,
    volumeLabel,
  };
}

test.each([512, 4096])(
  "renderReservedBlocks() describes the partition in blocks of %i",
  (block) => {
    const given = partition(block);
    const sector = Buffer.from(renderReservedBlocks(given, 10));
    const { geometry } = given;
    expect(sector.readUInt16LE(11)).toBe(block);
    expect(sector.readUInt8(13) * block).toBe(geometry.clusterBytes);
    expect(sector.readUInt16LE(14) * block).toBe(geometry.reservedBytes);
    expect(sector.readUInt8(16)).toBe(2);
    expect(sector.readUInt32LE(28) * block).toBe(MIB);
    expect(sector.readUInt32LE(32) * block).toBe(GIB);
    expect(sector.readUInt32LE(36) * block).toBe(geometry.fatBytes);
    expect([sector.readUInt32LE(44), sector.readUInt16LE(48), sector.readUInt16LE(50)]).toEqual([
      2, 1, 6,
    ]);
    expect(sector.readUInt32LE(67)).toBe(0xcafef00d);
    expect(sector.toString("latin1", 71, 90)).toBe("HQ BOOT    FAT32   ");
    expect(sector.readUInt16LE(510)).toBe(0xaa55);
  },
);

test("renderReservedBlocks() counts free clusters and names the first of them", () => {
  const given = partition(512);
  const { clusterCount } = given.geometry;
  const info = (used: number) => Buffer.from(renderReservedBlocks(given, used)).subarray(512, 1024);
  expect([488, 492].map((at) => info(10).readUInt32LE(at))).toEqual([clusterCount - 10, 12]);
  expect([488, 492].map((at) => info(clusterCount).readUInt32LE(at))).toEqual([0, 0xffffffff]);
});

test.each([512, 4096])("renderReservedBlocks() copies both to block 6 of %i bytes", (block) => {
  const bytes = renderReservedBlocks(partition(block), 1);
  expect(bytes.length).toBe(8 * block);
  expect(bytes.slice(6 * block)).toEqual(bytes.slice(0, 2 * block));
  expect(bytes.slice(2 * block, 6 * block).every((byte) => byte === 0)).toBe(true);
});

test("renderReservedBlocks() says so when there is no label", () => {
  const bytes = renderReservedBlocks(partition(512, ""), 1);
  expect(Buffer.from(bytes).toString("latin1", 71, 82)).toBe("NO NAME    ");
});

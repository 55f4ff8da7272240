import fc from "fast-check";
import { expect, test } from "vitest";
import { GIB, KIB, MIB, TIB } from "../bytes.ts";
import { chooseFatGeometry, dataOffsetBytes } from "./fat-geometry.ts";

function clusterBytes(partitionBytes: number, blockBytes = 512): number | undefined {
  return chooseFatGeometry({ partitionBytes, blockBytes }, [1])?.clusterBytes;
}

test.each([
  [33 * MIB, 512, undefined],
  [34 * MIB, 512, 512],
  [260 * MIB, 512, 512],
  [8 * GIB, 512, 4 * KIB],
  [8 * GIB + MIB, 512, 8 * KIB],
  [16 * GIB, 512, 8 * KIB],
  [32 * GIB, 512, 16 * KIB],
  [32 * GIB + MIB, 512, 32 * KIB],
  [2 * TIB - MIB, 512, 32 * KIB],
  [256 * MIB, 4096, undefined],
  [261 * MIB, 4096, 4 * KIB],
  [64 * GIB, 4096, 32 * KIB],
])("chooseFatGeometry() gives %i bytes in blocks of %i clusters of %s", (bytes, block, cluster) => {
  expect(clusterBytes(bytes, block)).toBe(cluster);
});

test("chooseFatGeometry() halves clusters until many small files fit", () => {
  const chains = Array.from({ length: 100_000 }, () => 1);
  expect(chooseFatGeometry({ partitionBytes: 300 * MIB, blockBytes: 512 }, chains)).toMatchObject({
    clusterBytes: 2048,
  });
  expect(chooseFatGeometry({ partitionBytes: 300 * MIB, blockBytes: 4096 }, chains)).toBeNull();
});

test("chooseFatGeometry() keeps the rules of FAT32 at any size", () => {
  const broken: string[] = [];
  const size = fc.oneof(
    fc.integer({ min: 34, max: 700 }),
    fc.integer({ min: 34, max: 2 ** 21 - 1 }),
  );
  fc.assert(
    fc.property(size, fc.constantFrom(512, 4096), (sizeMib, blockBytes) => {
      const geometry = chooseFatGeometry({ partitionBytes: sizeMib * MIB, blockBytes }, []);
      if (geometry === null) {
        if (blockBytes === 512 || sizeMib > 260) broken.push(`${sizeMib} MiB: none`);
        return;
      }
      const { clusterCount, fatBytes, reservedBytes, partitionBytes } = geometry;
      const dataOffset = dataOffsetBytes(geometry);
      const rules = {
        fat32: clusterCount >= 65525 && clusterCount <= 0x0ffffff4,
        tables: fatBytes >= (clusterCount + 2) * 4 && fatBytes % 4096 === 0,
        reserved: reservedBytes / blockBytes >= 32 && reservedBytes / blockBytes <= 0xffff,
        aligned: dataOffset % MIB === 0 && reservedBytes % 4096 === 0,
        end: dataOffset + clusterCount * geometry.clusterBytes === partitionBytes,
        thrifty: reservedBytes < 1.25 * MIB && fatBytes < (clusterCount + 2) * 4 + 4096,
      };
      for (const [rule, kept] of Object.entries(rules)) {
        if (!kept) broken.push(`${sizeMib} MiB, ${blockBytes}: ${rule}`);
      }
    }),
    { seed: 4, numRuns: 3000 },
  );
  expect(broken).toEqual([]);
});

test("chooseFatGeometry() fits into every larger partition what fits a smaller one", () => {
  const broken: number[] = [];
  const chains = Array.from({ length: 60_000 }, (_, index) => 1 + (index % 5) * 1000);
  let fitted = false;
  for (let sizeMib = 34; sizeMib < 700; sizeMib += 3) {
    const fits = chooseFatGeometry({ partitionBytes: sizeMib * MIB, blockBytes: 512 }, chains);
    if (fitted && fits === null) broken.push(sizeMib);
    fitted ||= fits !== null;
  }
  expect(fitted).toBe(true);
  expect(broken).toEqual([]);
});

import { expect, test } from "vitest";
import { findPartitions, PARTITIONS_MAX } from "./find-partitions.ts";
import { type RecordedName, readerOf, recordedBytes } from "./test-volumes.ts";

const SECTOR = 512;
const ENTRIES_AT = 446;

const find = (bytes: Uint8Array, sizeBytes: number) =>
  findPartitions(readerOf(bytes, sizeBytes), { sizeBytes, logicalBlockBytes: SECTOR });

test.each<[RecordedName, string, readonly (readonly [number, number, number])[]]>([
  [
    "mbr",
    "mbr",
    [
      [1, 2048, 65_536],
      [5, 69_632, 32_768],
      [6, 104_448, 20_480],
    ],
  ],
  [
    "gpt",
    "gpt",
    [
      [1, 2048, 20_480],
      [2, 22_528, 40_960],
    ],
  ],
  ["hybrid", "mbr", [[1, 64, 736]]],
])("findPartitions() finds what sfdisk lists of %s", async (name, table, listed) => {
  const { bytes, sizeBytes } = recordedBytes(name);
  expect(await find(bytes, sizeBytes)).toEqual({
    table,
    partitions: listed.map(([number, start, count]) => ({
      number,
      offsetBytes: start * SECTOR,
      sizeBytes: count * SECTOR,
    })),
  });
});

test.each<[string, (bytes: Buffer) => void]>([
  ["no signature", (bytes) => bytes.writeUInt8(0, 510)],
  ["a flag that is none", (bytes) => bytes.writeUInt8(0x41, ENTRIES_AT + 16)],
  ["no entry", (bytes) => bytes.fill(0, ENTRIES_AT, 510)],
  [
    "entries behind the end alone",
    (bytes) => {
      for (const at of [0, 16]) bytes.writeUInt32LE(0xffff_fff0, ENTRIES_AT + at + 8);
    },
  ],
])("findPartitions() takes a sector with %s for no table", async (_, change) => {
  const { bytes, sizeBytes } = recordedBytes("mbr");
  change(bytes);
  expect(await find(bytes, sizeBytes)).toEqual({ table: "none", partitions: [] });
});

test("findPartitions() keeps partitions inside the drive", async () => {
  const { bytes, sizeBytes } = recordedBytes("mbr");
  bytes.writeUInt32LE(0xffff_ffff, ENTRIES_AT + 12);
  const { partitions } = await find(bytes, sizeBytes);
  expect(partitions[0]).toEqual({
    number: 1,
    offsetBytes: 2048 * SECTOR,
    sizeBytes: sizeBytes - 2048 * SECTOR,
  });
});

test("findPartitions() comes to an end in a chain that leads back into itself", async () => {
  const { bytes, sizeBytes } = recordedBytes("mbr");
  const linkAt = 67_584 * SECTOR + ENTRIES_AT + 16;
  expect(bytes[linkAt + 4]).toBe(5);
  bytes.writeUInt32LE(0, linkAt + 8);
  let reads = 0;
  const readBytes = readerOf(bytes, sizeBytes);
  const read: typeof readBytes = (at, lengthBytes) => {
    reads += 1;
    return readBytes(at, lengthBytes);
  };
  const { partitions } = await findPartitions(read, { sizeBytes, logicalBlockBytes: SECTOR });
  expect(partitions).toHaveLength(PARTITIONS_MAX);
  expect(reads).toBeLessThanOrEqual(1 + PARTITIONS_MAX);
});

test("findPartitions() counts each link of a chain from where the chain begins", async () => {
  const [chainBlock, sizeBytes] = [100, 1000 * SECTOR];
  const bytes = Buffer.alloc(sizeBytes);
  const write = (block: number, entry: number, [type, start, count]: readonly number[]) => {
    const at = block * SECTOR + ENTRIES_AT + entry * 16;
    bytes.writeUInt8(type ?? 0, at + 4);
    bytes.writeUInt32LE(start ?? 0, at + 8);
    bytes.writeUInt32LE(count ?? 0, at + 12);
    bytes.set([0x55, 0xaa], block * SECTOR + 510);
  };
  write(0, 0, [0x05, chainBlock, 900]);
  for (const [index, block] of [100, 300, 500].entries()) {
    write(block, 0, [0x83, 1, 50]);
    if (index < 2) write(block, 1, [0x05, 200 * (index + 1), 51]);
  }
  const { partitions } = await find(bytes, sizeBytes);
  expect(partitions.map(({ number, offsetBytes }) => [number, offsetBytes / SECTOR])).toEqual([
    [5, 101],
    [6, 301],
    [7, 501],
  ]);
});

test("findPartitions() shows none of a GPT whose numbers no drive has", async () => {
  for (const at of [72, 80, 84]) {
    const { bytes, sizeBytes } = recordedBytes("gpt");
    bytes.fill(0xff, SECTOR + at, SECTOR + at + 4);
    const { table, partitions } = await find(bytes, sizeBytes);
    expect([table, partitions.length <= PARTITIONS_MAX]).toEqual(["gpt", true]);
  }
});

test("findPartitions() reads no list of a GPT whose entries are larger than any", async () => {
  const { bytes, sizeBytes } = recordedBytes("gpt");
  bytes.writeUInt32LE(1024, SECTOR + 84);
  expect(await find(bytes, sizeBytes)).toEqual({ table: "gpt", partitions: [] });
});

test("findPartitions() goes by the MBR where it promises a GPT that is not there", async () => {
  const { bytes, sizeBytes } = recordedBytes("gpt");
  bytes.fill(0, SECTOR, SECTOR + 8);
  expect(await find(bytes, sizeBytes)).toEqual({ table: "mbr", partitions: [] });
});

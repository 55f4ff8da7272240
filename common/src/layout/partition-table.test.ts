import { expect, test } from "vitest";
import { MIB } from "../bytes.ts";
import type { Extent } from "./extent.ts";
import { layoutPartitionTable, type PartitionTable } from "./partition-table.ts";
import { stickIdentity } from "./stick-identity.ts";

const grub = { boot: new Uint8Array(512).fill(0xb0), core: new Uint8Array(1024).fill(0xc0) };
grub.boot.set([0x55, 0xaa], 510);
grub.core.set([0x20, 0x08], 0x1fe);

function table(changes: Partial<PartitionTable>): PartitionTable {
  return {
    kind: "mbr",
    geometry: { sizeBytes: 64 * MIB, logicalBlockBytes: 512 },
    identity: stickIdentity("0123456789abcdef0123456789abcdef"),
    partitionBytes: 62 * MIB,
    partitionName: "HQ BOOT",
    biosBoot: null,
    ...changes,
  };
}

function layOut(changes: Partial<PartitionTable>) {
  const layout = layoutPartitionTable(table(changes));
  if (!layout.ok) throw new Error(layout.problem.detail);
  return layout.value;
}

const places = (extents: readonly Extent[]) =>
  extents.map(({ offsetBytes, lengthBytes }) => [offsetBytes, lengthBytes]);

function bytesOf(extent: Extent | undefined): Buffer {
  return Buffer.from(extent?.source.kind === "bytes" ? extent.source.bytes : []);
}

test("layoutPartitionTable() puts an MBR before the partition and nothing behind it", () => {
  const { head, tail } = layOut({});
  expect([places(head), tail]).toEqual([[[0, 512]], []]);
  const mbr = bytesOf(head[0]);
  expect([mbr[446], mbr[450], mbr.readUInt32LE(454), mbr.readUInt32LE(458)]).toEqual([
    0x80,
    0x0c,
    2048,
    62 * 2048,
  ]);
});

test("layoutPartitionTable() counts in blocks of 4096 bytes", () => {
  const geometry = { sizeBytes: 512 * MIB, logicalBlockBytes: 4096 };
  const { head } = layOut({ geometry, partitionBytes: 510 * MIB });
  const mbr = bytesOf(head[0]);
  expect([mbr.length, mbr.readUInt32LE(454), mbr.readUInt32LE(458)]).toEqual([4096, 256, 130_560]);
  const gpt = layOut({ kind: "gpt", geometry, partitionBytes: 510 * MIB });
  expect([places(gpt.head), places(gpt.tail)]).toEqual([
    [
      [0, 4096],
      [4096, 20_480],
    ],
    [[512 * MIB - 20_480, 20_480]],
  ]);
});

test("layoutPartitionTable() puts a GPT at both ends, behind a protective MBR", () => {
  const { head, tail } = layOut({ kind: "gpt" });
  expect([places(head), places(tail)]).toEqual([
    [
      [0, 512],
      [512, 33 * 512],
    ],
    [[64 * MIB - 33 * 512, 33 * 512]],
  ]);
  const mbr = bytesOf(head[0]);
  expect([mbr[446], mbr[450], mbr.readUInt32LE(440), mbr.readUInt32LE(458)]).toEqual([
    0,
    0xee,
    0,
    64 * 2048 - 1,
  ]);
  const entries = bytesOf(head[1]).subarray(512);
  expect([entries.readBigUInt64LE(32), entries.readBigUInt64LE(40)]).toEqual([2048n, 129_023n]);
  expect(entries.toString("utf16le", 56, 70)).toBe("HQ BOOT");
  expect(entries.subarray(128, 144).every((byte) => byte === 0)).toBe(true);
});

test("layoutPartitionTable() puts core.img right behind an MBR", () => {
  const { head } = layOut({ biosBoot: grub });
  expect(places(head)).toEqual([
    [0, 512],
    [512, 1024],
  ]);
  expect(bytesOf(head[0]).readBigUInt64LE(0x5c)).toBe(1n);
  expect(bytesOf(head[0])[440]).not.toBe(0xb0);
  expect(bytesOf(head[1]).readBigUInt64LE(0x1f4)).toBe(2n);
});

test("layoutPartitionTable() gives core.img the second partition of a GPT", () => {
  const { head } = layOut({ kind: "gpt", biosBoot: grub });
  expect(places(head)).toEqual([
    [0, 512],
    [512, 33 * 512],
    [34 * 512, 1024],
  ]);
  expect(bytesOf(head[0]).readBigUInt64LE(0x5c)).toBe(34n);
  expect(bytesOf(head[2]).readBigUInt64LE(0x1f4)).toBe(35n);
  const second = bytesOf(head[1]).subarray(512 + 128);
  expect([second.readBigUInt64LE(32), second.readBigUInt64LE(40)]).toEqual([34n, 2047n]);
  expect(second.toString("latin1", 0, 16)).toBe("Hah!IdontNeedEFI");
});

test.each([
  ["mbr", 2047 * 512],
  ["gpt", 2014 * 512],
] as const)(
  "layoutPartitionTable() takes a core.img that fills the gap of %s, and no more",
  (kind, bytes) => {
    const core = new Uint8Array(bytes + 1);
    core.set([0x20, 0x08], 0x1fe);
    expect(layoutPartitionTable(table({ kind, biosBoot: { ...grub, core } })).ok).toBe(false);
    const { head } = layOut({ kind, biosBoot: { ...grub, core: core.subarray(0, bytes) } });
    const last = head.at(-1);
    expect((last?.offsetBytes ?? 0) + (last?.lengthBytes ?? 0)).toBe(MIB);
  },
);

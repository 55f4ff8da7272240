import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import { encodeGuid, firstUsableBlock, GPT_TYPE_EFI_SYSTEM, renderGpt } from "./gpt.ts";

const GUID = "00112233-4455-6677-8899-AABBCCDDEEFF";

function table(blockBytes: number) {
  return renderGpt({
    blockBytes,
    driveBlocks: 100_000,
    diskGuid: GUID,
    partitions: [
      {
        typeGuid: GPT_TYPE_EFI_SYSTEM,
        guid: GUID,
        firstBlock: 2048,
        lastBlock: 90_000,
        name: "Ä".repeat(40),
      },
    ],
  });
}

test("encodeGuid() turns the first three groups round", () => {
  expect(Buffer.from(encodeGuid(GUID)).toString("hex")).toBe("33221100554477668899aabbccddeeff");
});

test.each([
  { blockBytes: 512, entriesBlocks: 32 },
  { blockBytes: 4096, entriesBlocks: 4 },
])("renderGpt() places headers, entries and usable range at $blockBytes", (geometry) => {
  const { blockBytes, entriesBlocks } = geometry;
  const { primary, backup } = table(blockBytes);
  const header = Buffer.from(primary);
  const second = Buffer.from(backup).subarray(16384);
  expect(header.length).toBe(blockBytes + 16384);
  expect(header.toString("latin1", 0, 8)).toBe("EFI PART");
  const fields = (from: Buffer) =>
    [24, 32, 40, 48, 72].map((offset) => Number(from.readBigUInt64LE(offset)));
  const [first, last] = [2 + entriesBlocks, 99_999 - entriesBlocks - 1];
  expect(firstUsableBlock(blockBytes)).toBe(first);
  expect(fields(header)).toEqual([1, 99_999, first, last, 2]);
  expect(fields(second)).toEqual([99_999, 1, first, last, 99_999 - entriesBlocks]);
});

test("renderGpt() guards header and entries of both copies by CRC", () => {
  const { primary, backup } = table(512);
  for (const [header, entries] of [
    [primary.slice(0, 92), primary.slice(512)],
    [backup.slice(16384, 16384 + 92), backup.slice(0, 16384)],
  ] as const) {
    const view = new DataView(header.buffer);
    const stored = view.getUint32(16, true);
    view.setUint32(16, 0, true);
    expect(crc32(header)).toBe(stored);
    expect(crc32(entries)).toBe(view.getUint32(88, true));
  }
});

test("renderGpt() cuts a name after 36 units", () => {
  const entry = Buffer.from(table(512).primary).subarray(512);
  expect(entry.toString("utf16le", 56, 128)).toBe("Ä".repeat(36));
  expect(entry.subarray(128).every((byte) => byte === 0)).toBe(true);
});

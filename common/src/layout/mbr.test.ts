import { expect, test } from "vitest";
import { MBR_TYPE_FAT32, MBR_TYPE_PROTECTIVE, renderMbr } from "./mbr.ts";

const PARTITION = { type: MBR_TYPE_FAT32, active: true, startBlock: 2048, blockCount: 4096 };

test("renderMbr() writes signature, one active FAT32 entry and the boot mark", () => {
  const bytes = renderMbr({
    blockBytes: 512,
    bootCode: null,
    diskSignature: 0xdeadbeef,
    partition: PARTITION,
  });
  expect(hex(bytes.subarray(440, 446))).toBe("efbeadde0000");
  // 2048 is cylinder 0, head 32, sector 33; 6143 is head 97, sector 33.
  expect(hex(bytes.subarray(446, 462))).toBe("802021000c61210000080000" + "00100000");
  expect(bytes.subarray(462, 510).every((byte) => byte === 0)).toBe(true);
  expect(hex(bytes.subarray(510))).toBe("55aa");
});

test("renderMbr() takes 440 bytes of boot code and none of its table", () => {
  const bootCode = new Uint8Array(512).fill(0x90);
  const bytes = renderMbr({ blockBytes: 512, bootCode, diskSignature: 1, partition: PARTITION });
  expect(bytes.subarray(0, 440).every((byte) => byte === 0x90)).toBe(true);
  expect(hex(bytes.subarray(440, 446))).toBe("010000000000");
  expect(bytes.subarray(462, 510).every((byte) => byte === 0)).toBe(true);
});

test("renderMbr() marks addresses beyond CHS and counts beyond 32 bits", () => {
  const partition = {
    type: MBR_TYPE_PROTECTIVE,
    active: false,
    startBlock: 1,
    blockCount: 2 ** 33,
  };
  const bytes = renderMbr({ blockBytes: 512, bootCode: null, diskSignature: 0, partition });
  expect(hex(bytes.subarray(446, 462))).toBe("00000200eefeffff01000000ffffffff");
});

test("renderMbr() fills a block of 4096 bytes", () => {
  const bytes = renderMbr({
    blockBytes: 4096,
    bootCode: null,
    diskSignature: 1,
    partition: { ...PARTITION, startBlock: 256 },
  });
  expect(bytes.length).toBe(4096);
  expect(hex(bytes.subarray(510, 514))).toBe("55aa0000");
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

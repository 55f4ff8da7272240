import { expect, test } from "vitest";
import { findVolumes } from "./find-volumes.ts";
import { GPT_TYPE_EFI_SYSTEM, renderGpt } from "./gpt.ts";
import { MBR_TYPE_FAT32, MBR_TYPE_PROTECTIVE, renderMbr } from "./mbr.ts";

const MIB = 1024 * 1024;

test("findVolumes() looks at the drive itself when it has no table", async () => {
  expect(await volumesOf(new Uint8Array(0))).toEqual([0]);
  expect(await volumesOf(new Uint8Array(4096))).toEqual([0]);
});

test.each([512, 4096])(
  "findVolumes() finds the partitions of an MBR on blocks of %i",
  async (blockBytes) => {
    const partition = {
      type: MBR_TYPE_FAT32,
      active: true,
      startBlock: MIB / blockBytes,
      blockCount: 9,
    };
    const bytes = renderMbr({ blockBytes, bootCode: null, diskSignature: 1, partition });
    expect(await volumesOf(bytes)).toContain(MIB);
  },
);

test.each([512, 4096])(
  "findVolumes() finds the partitions of a GPT on blocks of %i",
  async (blockBytes) => {
    const bytes = gptDrive(blockBytes);
    expect(await volumesOf(bytes)).toContain(MIB);
    // Numbers that no drive has lead nowhere.
    for (const at of [blockBytes + 72, blockBytes + 80, blockBytes + 84, 2 * blockBytes + 32]) {
      const changed = Uint8Array.from(bytes);
      changed.fill(0xff, at, at + 8);
      const volumes = await volumesOf(changed);
      expect(volumes.every((offset) => Number.isSafeInteger(offset))).toBe(true);
      expect(volumes.length).toBeLessThan(300);
    }
  },
);

function gptDrive(blockBytes: number): Uint8Array {
  const driveBlocks = (8 * MIB) / blockBytes;
  const partition = {
    type: MBR_TYPE_PROTECTIVE,
    active: false,
    startBlock: 1,
    blockCount: driveBlocks - 1,
  };
  const mbr = renderMbr({ blockBytes, bootCode: null, diskSignature: 0, partition });
  const { primary } = renderGpt({
    blockBytes,
    driveBlocks,
    diskGuid: "00112233-4455-6677-8899-AABBCCDDEEFF",
    partitions: [
      {
        typeGuid: GPT_TYPE_EFI_SYSTEM,
        guid: "10112233-4455-6677-8899-AABBCCDDEEFF",
        firstBlock: MIB / blockBytes,
        lastBlock: driveBlocks - 100,
        name: "STICK",
      },
    ],
  });
  return Uint8Array.from([...mbr, ...primary]);
}

function volumesOf(bytes: Uint8Array): Promise<readonly number[]> {
  return findVolumes(async (at, length) => bytes.slice(at, at + length));
}

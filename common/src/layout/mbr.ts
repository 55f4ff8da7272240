/** Boot code ends where the disk signature begins. */
const BOOT_CODE_BYTES = 440;
const ENTRIES_OFFSET = 446;
const ENTRY_BYTES = 16;
// The geometry that BIOSes translate large drives to; only programs from before LBA read it.
const SECTORS_PER_TRACK = 63;
const HEADS = 255;

/** FAT32 addressed by LBA. */
export const MBR_TYPE_FAT32 = 0x0c;
/** Marks a GPT drive as occupied for programs that know only the MBR. */
export const MBR_TYPE_PROTECTIVE = 0xee;

export type MbrPartition = {
  readonly type: number;
  readonly active: boolean;
  readonly startBlock: number;
  /** What exceeds 32 bits is shown as 0xFFFFFFFF, as the protective entry of a large GPT drive demands. */
  readonly blockCount: number;
};

/**
 * The first block of a drive: boot code, disk signature, one partition.
 *
 * Shape:  `blockBytes` long; the record is the first 512 bytes, the rest of a 4096 byte block is zero.
 * Source: UEFI 2.10 section 5.2.
 */
export function renderMbr(parts: {
  readonly blockBytes: number;
  /** A boot sector of which the part before the disk signature is taken. */
  readonly bootCode: Uint8Array | null;
  readonly diskSignature: number;
  readonly partition: MbrPartition;
}): Uint8Array {
  const block = new Uint8Array(parts.blockBytes);
  const view = new DataView(block.buffer);
  if (parts.bootCode !== null) block.set(parts.bootCode.subarray(0, BOOT_CODE_BYTES));
  view.setUint32(BOOT_CODE_BYTES, parts.diskSignature, true);
  writeEntry(new DataView(block.buffer, ENTRIES_OFFSET, ENTRY_BYTES), parts.partition);
  view.setUint16(510, 0xaa55, true);
  return block;
}

function writeEntry(entry: DataView, partition: MbrPartition): void {
  const { type, active, startBlock, blockCount } = partition;
  entry.setUint8(0, active ? 0x80 : 0);
  writeChs(entry, 1, chsOf(startBlock));
  entry.setUint8(4, type);
  writeChs(entry, 5, chsOf(startBlock + blockCount - 1));
  entry.setUint32(8, startBlock, true);
  entry.setUint32(12, Math.min(blockCount, 0xffffffff), true);
}

type Chs = { readonly cylinder: number; readonly head: number; readonly sector: number };

const LAST_CHS: Chs = { cylinder: 1023, head: HEADS - 1, sector: SECTORS_PER_TRACK };

function chsOf(block: number): Chs {
  const track = Math.floor(block / SECTORS_PER_TRACK);
  const cylinder = Math.floor(track / HEADS);
  if (cylinder > LAST_CHS.cylinder) return LAST_CHS;
  return { cylinder, head: track % HEADS, sector: (block % SECTORS_PER_TRACK) + 1 };
}

function writeChs(entry: DataView, offset: number, { cylinder, head, sector }: Chs): void {
  entry.setUint8(offset, head);
  entry.setUint8(offset + 1, sector | ((cylinder >> 2) & 0xc0));
  entry.setUint8(offset + 2, cylinder & 0xff);
}

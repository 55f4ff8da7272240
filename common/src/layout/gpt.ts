import { crc32 } from "./crc32.ts";

/** UEFI boots from it. Source: UEFI 2.10 table 5.7. */
export const GPT_TYPE_EFI_SYSTEM = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B";
/** GRUB keeps core.img in it. Source: GRUB manual, "BIOS installation". */
export const GPT_TYPE_BIOS_BOOT = "21686148-6449-6E6F-744E-656564454649";

const HEADER_BYTES = 92;
const ENTRY_BYTES = 128;
const ENTRY_COUNT = 128;
const ENTRIES_BYTES = ENTRY_BYTES * ENTRY_COUNT;
const NAME_UNITS = 36;

export type GptPartition = {
  readonly typeGuid: string;
  readonly guid: string;
  readonly firstBlock: number;
  /** Inclusive. */
  readonly lastBlock: number;
  /** What exceeds 36 UTF-16 units is cut off. */
  readonly name: string;
};

/** The first block that a partition may use: behind MBR, header and entries. 34 at 512 bytes, 6 at 4096. */
export function firstUsableBlock(blockBytes: number): number {
  return 2 + ENTRIES_BYTES / blockBytes;
}

/**
 * Both copies of a GUID partition table.
 *
 * Shape:  `primary` is header and entries, from block 1 on; `backup` is entries and header and ends with the drive.
 * Source: UEFI 2.10 section 5.3.
 */
export function renderGpt(table: {
  readonly blockBytes: number;
  readonly driveBlocks: number;
  readonly diskGuid: string;
  readonly partitions: readonly GptPartition[];
}): { readonly primary: Uint8Array; readonly backup: Uint8Array } {
  const { blockBytes, driveBlocks, diskGuid } = table;
  const entries = renderEntries(table.partitions);
  const entriesCrc = crc32(entries);
  const entriesBlocks = ENTRIES_BYTES / blockBytes;
  const lastBlock = driveBlocks - 1;
  const common = { blockBytes, diskGuid, entriesCrc, lastUsable: lastBlock - entriesBlocks - 1 };

  const primary = new Uint8Array(blockBytes + ENTRIES_BYTES);
  primary.set(renderHeader({ ...common, self: 1, other: lastBlock, entriesBlock: 2 }));
  primary.set(entries, blockBytes);

  const backup = new Uint8Array(ENTRIES_BYTES + blockBytes);
  backup.set(entries);
  const entriesBlock = lastBlock - entriesBlocks;
  backup.set(renderHeader({ ...common, self: lastBlock, other: 1, entriesBlock }), ENTRIES_BYTES);
  return { primary, backup };
}

function renderHeader(fields: {
  readonly blockBytes: number;
  readonly self: number;
  readonly other: number;
  readonly lastUsable: number;
  readonly diskGuid: string;
  readonly entriesBlock: number;
  readonly entriesCrc: number;
}): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  header.set(new TextEncoder().encode("EFI PART"));
  view.setUint32(8, 0x00010000, true);
  view.setUint32(12, HEADER_BYTES, true);
  setBlock(view, 24, fields.self);
  setBlock(view, 32, fields.other);
  setBlock(view, 40, firstUsableBlock(fields.blockBytes));
  setBlock(view, 48, fields.lastUsable);
  header.set(encodeGuid(fields.diskGuid), 56);
  setBlock(view, 72, fields.entriesBlock);
  view.setUint32(80, ENTRY_COUNT, true);
  view.setUint32(84, ENTRY_BYTES, true);
  view.setUint32(88, fields.entriesCrc, true);
  // Computed while its own field is zero.
  view.setUint32(16, crc32(header), true);
  return header;
}

function renderEntries(partitions: readonly GptPartition[]): Uint8Array {
  const entries = new Uint8Array(ENTRIES_BYTES);
  for (const [index, partition] of partitions.entries()) {
    const view = new DataView(entries.buffer, index * ENTRY_BYTES, ENTRY_BYTES);
    entries.set(encodeGuid(partition.typeGuid), index * ENTRY_BYTES);
    entries.set(encodeGuid(partition.guid), index * ENTRY_BYTES + 16);
    setBlock(view, 32, partition.firstBlock);
    setBlock(view, 40, partition.lastBlock);
    for (let unit = 0; unit < Math.min(partition.name.length, NAME_UNITS); unit++) {
      view.setUint16(56 + unit * 2, partition.name.charCodeAt(unit), true);
    }
  }
  return entries;
}

function setBlock(view: DataView, offset: number, block: number): void {
  view.setBigUint64(offset, BigInt(block), true);
}

/** The first three groups are little endian, the last two are not. Source: UEFI 2.10 appendix A. */
export function encodeGuid(guid: string): Uint8Array {
  const bytes = guid.replaceAll("-", "").match(/../g) ?? [];
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  return Uint8Array.from(order, (index) => Number.parseInt(bytes[index] ?? "0", 16));
}

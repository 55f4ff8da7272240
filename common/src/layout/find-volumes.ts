import type { ReadBytes } from "./read-bytes.ts";

/** Where a file system may begin, bytes from the start of the drive or image. */
const MBR_ENTRIES_AT = 446;
const MBR_ENTRIES = 4;
const GPT_ENTRIES_MAX = 128;
const GPT_ENTRY_BYTES_MAX = 512;
const PROTECTIVE = 0xee;
/** Drives of today have blocks of one of these. */
const BLOCK_BYTES = [512, 4096];

/**
 * Offsets at which a file system may begin: the drive itself, then the partitions of its table. What is read is not
 * believed: offsets may lie beyond the end, and nothing need be there.
 *
 * Source: UEFI 2.10 sections 5.2 and 5.3.
 */
export async function findVolumes(read: ReadBytes): Promise<readonly number[]> {
  const first = await read(0, 512);
  if (first.length < 512 || first[510] !== 0x55 || first[511] !== 0xaa) return [0];
  const view = viewOf(first);
  const entries = Array.from({ length: MBR_ENTRIES }, (_, index) => {
    const at = MBR_ENTRIES_AT + index * 16;
    return { type: view.getUint8(at + 4), startBlock: view.getUint32(at + 8, true) };
  });
  const offsets = [0];
  for (const blockBytes of BLOCK_BYTES) {
    if (entries.some(({ type }) => type === PROTECTIVE)) {
      offsets.push(...(await findGptVolumes(read, blockBytes)));
    }
    const used = entries.filter(({ type, startBlock }) => type !== 0 && startBlock !== 0);
    offsets.push(...used.map(({ startBlock }) => startBlock * blockBytes));
  }
  return [...new Set(offsets)];
}

async function findGptVolumes(read: ReadBytes, blockBytes: number): Promise<readonly number[]> {
  const header = await read(blockBytes, 92);
  if (header.length < 92 || new TextDecoder().decode(header.subarray(0, 8)) !== "EFI PART") {
    return [];
  }
  const view = viewOf(header);
  const entriesBlock = view.getBigUint64(72, true);
  const count = Math.min(view.getUint32(80, true), GPT_ENTRIES_MAX);
  const entryBytes = view.getUint32(84, true);
  if (entryBytes < 128 || entryBytes > GPT_ENTRY_BYTES_MAX) return [];
  const entriesAt = bytesOf(entriesBlock, blockBytes);
  if (entriesAt === null) return [];
  const entries = await read(entriesAt, count * entryBytes);
  const starts = Array.from({ length: Math.floor(entries.length / entryBytes) }, (_, index) =>
    viewOf(entries).getBigUint64(index * entryBytes + 32, true),
  );
  return starts.flatMap((block) => (block === 0n ? [] : (bytesOf(block, blockBytes) ?? [])));
}

/** `null` for what no drive has. */
function bytesOf(block: bigint, blockBytes: number): number | null {
  const offset = Number(block) * blockBytes;
  return Number.isSafeInteger(offset) ? offset : null;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

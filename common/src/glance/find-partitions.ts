import type { TableKind } from "../drive/contents.ts";
import type { DriveGeometry } from "../layout/extent.ts";
import type { ReadBytes } from "../layout/read-bytes.ts";
import { holdsAt, numberAt } from "./volume-bytes.ts";

export type FoundTable = { readonly table: TableKind; readonly partitions: readonly Partition[] };

export type Partition = {
  /** As the table counts it: primary 1 to 4, logical from 5; GPT from 1. */
  readonly number: number;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
};

/** Who wants to know what is on a stick reads no longer list. */
export const PARTITIONS_MAX = 16;
const MBR_ENTRIES_AT = 446;
const MBR_ENTRY_BYTES = 16;
const PROTECTIVE = 0xee;
const EXTENDED = [0x05, 0x0f, 0x85];
const GPT_ENTRIES_MAX = 128;
const GPT_ENTRY_BYTES_MAX = 512;

/**
 * The partitions that a drive's table names, all of them inside the drive. A table whose numbers make no sense is none,
 * and so are the last bytes of a boot sector that belong to its program.
 *
 * Shape:  at most PARTITIONS_MAX, in the table's order; they may overlap.
 * Source: UEFI 2.10 sections 5.2 and 5.3; util-linux libblkid/src/partitions/dos.c for chains of logical partitions.
 */
export async function findPartitions(read: ReadBytes, drive: DriveGeometry): Promise<FoundTable> {
  const entries = parseMbr(await read(0, 512), drive);
  if (entries === null) return { table: "none", partitions: [] };
  if (entries.some(({ type }) => type === PROTECTIVE)) {
    const partitions = await findGptPartitions(read, drive);
    if (partitions !== null) return { table: "gpt", partitions };
  }
  const primary = entries.filter(({ type }) => !EXTENDED.includes(type) && type !== PROTECTIVE);
  const extended = entries.find(({ type }) => EXTENDED.includes(type));
  const logical = extended === undefined ? [] : await findLogical(read, drive, extended);
  const partitions = [...primary, ...logical].flatMap((entry) => place(entry, drive));
  return { table: "mbr", partitions: partitions.slice(0, PARTITIONS_MAX) };
}

type Entry = {
  readonly number: number;
  readonly type: number;
  readonly startBlock: number;
  readonly blockCount: number;
};

/** `null`: no table. */
function parseMbr(sector: Uint8Array, drive: DriveGeometry): readonly Entry[] | null {
  const entries = parseEntries(sector);
  const driveBlocks = drive.sizeBytes / drive.logicalBlockBytes;
  if (entries === null || entries.length === 0) return null;
  return entries.some(({ startBlock }) => startBlock < driveBlocks) ? entries : null;
}

/** The used ones of four; `null` when the bytes are no entries. */
function parseEntries(sector: Uint8Array): readonly Entry[] | null {
  if (!holdsAt(sector, 510, [0x55, 0xaa])) return null;
  const places = [0, 1, 2, 3].map((index) => MBR_ENTRIES_AT + index * MBR_ENTRY_BYTES);
  // Boot or not is all that this byte says.
  if (places.some((at) => ![0x00, 0x80].includes(sector[at] ?? 1))) return null;
  return places
    .map((at, index) => ({
      number: index + 1,
      type: sector[at + 4] ?? 0,
      startBlock: numberAt(sector, at + 8, 4),
      blockCount: numberAt(sector, at + 12, 4),
    }))
    .filter(({ type, blockCount }) => type !== 0 && blockCount > 0);
}

/** Each link of the chain names one partition, from where it lies, and the next link, from where the chain begins. */
async function findLogical(
  read: ReadBytes,
  drive: DriveGeometry,
  extended: Entry,
): Promise<readonly Entry[]> {
  const found: Entry[] = [];
  let linkBlock = extended.startBlock;
  // A chain may lead back into itself: the count ends it.
  while (found.length < PARTITIONS_MAX) {
    const offsetBytes = linkBlock * drive.logicalBlockBytes;
    if (offsetBytes >= drive.sizeBytes) return found;
    const entries = parseEntries(await read(offsetBytes, 512)) ?? [];
    const own = entries.find(({ type }) => !EXTENDED.includes(type));
    if (own !== undefined)
      found.push({ ...own, number: 5 + found.length, startBlock: linkBlock + own.startBlock });
    const next = entries.find(({ type }) => EXTENDED.includes(type));
    if (own === undefined || next === undefined) return found;
    linkBlock = extended.startBlock + next.startBlock;
  }
  return found;
}

/** `null`: there is no GPT, whatever the MBR says. */
async function findGptPartitions(
  read: ReadBytes,
  drive: DriveGeometry,
): Promise<readonly Partition[] | null> {
  const { logicalBlockBytes, sizeBytes } = drive;
  const header = await read(logicalBlockBytes, 92);
  if (!holdsAt(header, 0, "EFI PART")) return null;
  const entriesAt = numberAt(header, 72, 8) * logicalBlockBytes;
  const count = Math.min(numberAt(header, 80, 4), GPT_ENTRIES_MAX);
  const entryBytes = numberAt(header, 84, 4);
  if (entryBytes < 128 || entryBytes > GPT_ENTRY_BYTES_MAX || entriesAt >= sizeBytes) return [];
  const bytes = await read(entriesAt, count * entryBytes);
  const found: Partition[] = [];
  for (let index = 0; index < count && found.length < PARTITIONS_MAX; index += 1) {
    const entry = bytes.subarray(index * entryBytes, (index + 1) * entryBytes);
    if (entry.length < 128 || entry.subarray(0, 16).every((byte) => byte === 0)) continue;
    const startBlock = numberAt(entry, 32, 8);
    const blockCount = numberAt(entry, 40, 8) - startBlock + 1;
    found.push(...place({ number: index + 1, type: 0, startBlock, blockCount }, drive));
  }
  return found;
}

/** Nothing of it, when it begins outside of the drive; what hangs over the end is cut off. */
function place(
  entry: Entry,
  { sizeBytes, logicalBlockBytes }: DriveGeometry,
): readonly Partition[] {
  const offsetBytes = entry.startBlock * logicalBlockBytes;
  const wantedBytes = entry.blockCount * logicalBlockBytes;
  if (!(offsetBytes < sizeBytes && wantedBytes > 0)) return [];
  const { number } = entry;
  return [{ number, offsetBytes, sizeBytes: Math.min(wantedBytes, sizeBytes - offsetBytes) }];
}

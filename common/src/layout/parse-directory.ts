/** A file or folder as a directory names it. */
export type FoundEntry = {
  readonly name: string;
  readonly isDirectory: boolean;
  readonly firstCluster: number;
  readonly sizeBytes: number;
};

const RECORD_BYTES = 32;
const UNIT_OFFSETS = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];
const PARTS_MAX = 20;
const DELETED = 0xe5;
const LONG_NAME = 0x0f;
const VOLUME_ID = 0x08;
const DIRECTORY = 0x10;
const LAST_PART = 0x40;
/** Windows NT keeps a short name in lower case by these. */
const BASE_IS_LOWER = 0x08;
const EXTENSION_IS_LOWER = 0x10;

/**
 * What a directory's records name, "." and ".." left out. Long names whose parts do not fit together, or not to their
 * entry, are taken for no name, as other readers do: the entry has its short one then.
 *
 * Source: fatgen103 "FAT Long Directory Entries".
 */
export function parseDirectory(bytes: Uint8Array): readonly FoundEntry[] {
  const entries: FoundEntry[] = [];
  let parts: LongPart[] = [];
  for (let at = 0; at + RECORD_BYTES <= bytes.length; at += RECORD_BYTES) {
    const record = new DataView(bytes.buffer, bytes.byteOffset + at, RECORD_BYTES);
    const first = record.getUint8(0);
    if (first === 0) break;
    const attributes = record.getUint8(11);
    if (first !== DELETED && attributes === LONG_NAME) {
      parts = [...(first & LAST_PART ? [] : parts), parsePart(record)].slice(-PARTS_MAX);
      continue;
    }
    const isEntry = first !== DELETED && (attributes & VOLUME_ID) === 0;
    if (isEntry && first !== 0x2e) entries.push(parseEntry(record, parts));
    parts = [];
  }
  return entries;
}

type LongPart = { readonly number: number; readonly checksum: number; readonly text: string };

function parsePart(record: DataView): LongPart {
  const units = UNIT_OFFSETS.map((offset) => record.getUint16(offset, true));
  const end = units.indexOf(0);
  return {
    number: record.getUint8(0) & ~LAST_PART,
    checksum: record.getUint8(13),
    text: String.fromCharCode(...(end < 0 ? units : units.slice(0, end))),
  };
}

function parseEntry(record: DataView, parts: readonly LongPart[]): FoundEntry {
  const isDirectory = (record.getUint8(11) & DIRECTORY) !== 0;
  return {
    name: longName(record, parts) ?? shortName(record),
    isDirectory,
    firstCluster: ((record.getUint16(20, true) << 16) | record.getUint16(26, true)) & 0x0fffffff,
    sizeBytes: isDirectory ? 0 : record.getUint32(28, true),
  };
}

function longName(record: DataView, parts: readonly LongPart[]): string | null {
  const checksum = checksumOf(record);
  const isWhole = parts.every(
    (part, index) => part.number === parts.length - index && part.checksum === checksum,
  );
  if (parts.length === 0 || !isWhole) return null;
  return parts.toReversed().reduce((name, { text }) => name + text, "");
}

function checksumOf(record: DataView): number {
  let sum = 0;
  for (let at = 0; at < 11; at++)
    sum = (((sum & 1) << 7) + (sum >> 1) + record.getUint8(at)) & 0xff;
  return sum;
}

function shortName(record: DataView): string {
  const flags = record.getUint8(12);
  const base = textOf(record, { at: 0, length: 8, lower: (flags & BASE_IS_LOWER) !== 0 });
  const extension = textOf(record, { at: 8, length: 3, lower: (flags & EXTENSION_IS_LOWER) !== 0 });
  return extension === "" ? base : `${base}.${extension}`;
}

type Part = { readonly at: number; readonly length: number; readonly lower: boolean };

function textOf(record: DataView, { at, length, lower }: Part): string {
  const codes = Array.from({ length }, (_, index) => record.getUint8(at + index));
  const text = String.fromCharCode(...codes).trimEnd();
  return lower ? text.toLowerCase() : text;
}

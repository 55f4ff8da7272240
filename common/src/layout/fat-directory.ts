import { isShortName, shortNames } from "./fat-short-names.ts";
import { fatTimestamp } from "./fat-timestamp.ts";

/**
 * A directory is a run of 32 byte records. A name that is not a short one is kept in records of 13 UTF-16 units before
 * its entry, last part first, bound to it by a checksum of the short name. The root has the volume label instead of
 * "." and "..".
 *
 * Source: fatgen103 "FAT Directory Structure" and "FAT Long Directory Entries".
 */
const RECORD_BYTES = 32;
const UNITS_PER_RECORD = 13;
const UNIT_OFFSETS = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];

const VOLUME_ID = 0x08;
const DIRECTORY = 0x10;
const ARCHIVE = 0x20;
const LONG_NAME = 0x0f;
const LAST_LONG_RECORD = 0x40;

export type DirectoryEntry = {
  readonly kind: "file" | "directory";
  readonly name: string;
  /** 0 for an empty file. */
  readonly firstCluster: number;
  /** 0 for a directory. */
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
};

export type DirectoryHead =
  | { readonly kind: "root"; readonly volumeLabel: string; readonly modifiedAtMs: number }
  | {
      readonly kind: "nested";
      readonly ownCluster: number;
      /** 0 when the parent is the root, wherever that lies. */
      readonly parentCluster: number;
      readonly modifiedAtMs: number;
    };

/** How long a directory with these names is; the head counts as two records. */
export function directoryBytes(names: readonly string[]): number {
  return names.reduce((bytes, name) => bytes + entryBytes(name), 2 * RECORD_BYTES);
}

/**
 * Shape: `directoryBytes` long, the unused rest zero.
 */
export function renderDirectory(
  head: DirectoryHead,
  entries: readonly DirectoryEntry[],
): Uint8Array {
  const names = entries.map(({ name }) => name);
  const short = shortNames(names);
  const bytes = new Uint8Array(directoryBytes(names));
  let offset = writeHead(bytes, head);
  for (const [index, entry] of entries.entries()) {
    const shortName = packShortName(short[index] ?? "");
    offset = writeLongName(bytes, offset, entry.name, shortName);
    offset = writeRecord(bytes, offset, {
      ...entry,
      shortName,
      attributes: ATTRIBUTES[entry.kind],
    });
  }
  return bytes;
}

const ATTRIBUTES = { file: ARCHIVE, directory: DIRECTORY } as const;

function entryBytes(name: string): number {
  return (longRecords(name) + 1) * RECORD_BYTES;
}

function longRecords(name: string): number {
  return isShortName(name) ? 0 : Math.ceil(name.length / UNITS_PER_RECORD);
}

function writeHead(bytes: Uint8Array, head: DirectoryHead): number {
  const common = { sizeBytes: 0, modifiedAtMs: head.modifiedAtMs };
  if (head.kind === "root") {
    if (head.volumeLabel === "") return 0;
    const shortName = packText(head.volumeLabel);
    return writeRecord(bytes, 0, { ...common, shortName, attributes: VOLUME_ID, firstCluster: 0 });
  }
  const { ownCluster, parentCluster } = head;
  const own = { shortName: packText("."), attributes: DIRECTORY, firstCluster: ownCluster };
  const parent = { shortName: packText(".."), attributes: DIRECTORY, firstCluster: parentCluster };
  return writeRecord(bytes, writeRecord(bytes, 0, { ...common, ...own }), { ...common, ...parent });
}

type Record = {
  readonly shortName: Uint8Array;
  readonly attributes: number;
  readonly firstCluster: number;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
};

function writeRecord(bytes: Uint8Array, offset: number, record: Record): number {
  const view = new DataView(bytes.buffer, offset, RECORD_BYTES);
  const { date, time, hundredths } = fatTimestamp(record.modifiedAtMs);
  bytes.set(record.shortName, offset);
  view.setUint8(11, record.attributes);
  view.setUint8(13, hundredths);
  view.setUint16(14, time, true);
  view.setUint16(16, date, true);
  view.setUint16(18, date, true);
  view.setUint16(20, record.firstCluster >>> 16, true);
  view.setUint16(22, time, true);
  view.setUint16(24, date, true);
  view.setUint16(26, record.firstCluster & 0xffff, true);
  view.setUint32(28, record.sizeBytes, true);
  return offset + RECORD_BYTES;
}

function writeLongName(
  bytes: Uint8Array,
  offset: number,
  name: string,
  shortName: Uint8Array,
): number {
  const checksum = shortName.reduce(
    (sum, byte) => (((sum & 1) << 7) + (sum >> 1) + byte) & 0xff,
    0,
  );
  const count = longRecords(name);
  for (let index = 0; index < count; index++) {
    const part = count - 1 - index;
    const view = new DataView(bytes.buffer, offset + index * RECORD_BYTES, RECORD_BYTES);
    view.setUint8(0, (part + 1) | (index === 0 ? LAST_LONG_RECORD : 0));
    view.setUint8(11, LONG_NAME);
    view.setUint8(13, checksum);
    let unit = part * UNITS_PER_RECORD;
    for (const unitOffset of UNIT_OFFSETS) view.setUint16(unitOffset, unitAt(name, unit++), true);
  }
  return offset + count * RECORD_BYTES;
}

/** One terminator when there is room for it, then padding. */
function unitAt(name: string, index: number): number {
  if (index < name.length) return name.charCodeAt(index);
  return index === name.length ? 0 : 0xffff;
}

/** "NAME.EXT" to 8 + 3 characters filled up with spaces. */
function packShortName(text: string): Uint8Array {
  const dot = text.indexOf(".");
  const [base, extension] = dot < 0 ? [text, ""] : [text.slice(0, dot), text.slice(dot + 1)];
  return packText(base.padEnd(8) + extension);
}

function packText(text: string): Uint8Array {
  return new TextEncoder().encode(text.padEnd(11));
}

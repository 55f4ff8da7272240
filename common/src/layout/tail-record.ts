/**
 * Our files on a stick that has no file system of ours: one record at the beginning of the last MiB, behind the image.
 *
 * That place follows from the drive's size alone, so it is found without the image. The last 128 KiB stay zero: a backup GPT
 * and the superblocks of RAID lie there, and whoever makes an image's partitions larger writes his own.
 */
import { KIB, MIB } from "../bytes.ts";
import { alignDown } from "./align.ts";
import { crc32 } from "./crc32.ts";
import type { StampFile } from "./extent.ts";

/** Long enough for no superblock to begin so. */
const MAGIC = "STICKFARM-RECORD";
const VERSION = 1;
const HEADER_BYTES = 32;
const ENTRY_BYTES = 8;
export const RECORD_BYTES_MAX = MIB - 128 * KIB;

/** Bytes from the start of the drive; negative for one that has no room. */
export function tailRecordOffset(driveBytes: number): number {
  return alignDown(driveBytes, 4096) - MIB;
}

/**
 * The files as a record; `null` when they do not fit.
 *
 * Shape: magic, version, bytes of the body, CRC-32 of the body, 4 zero bytes; then for each file the bytes of its path and
 *        its own, its path and its bytes. Numbers are of 32 bits, little-endian.
 */
export function renderTailRecord(files: readonly StampFile[]): Uint8Array | null {
  const parts = files.map(({ path, bytes }) => ({ name: new TextEncoder().encode(path), bytes }));
  const bodyBytes = parts.reduce(
    (sum, { name, bytes }) => sum + ENTRY_BYTES + name.length + bytes.length,
    0,
  );
  if (HEADER_BYTES + bodyBytes > RECORD_BYTES_MAX) return null;
  const record = new Uint8Array(HEADER_BYTES + bodyBytes);
  const view = new DataView(record.buffer);
  let at = HEADER_BYTES;
  for (const { name, bytes } of parts) {
    view.setUint32(at, name.length, true);
    view.setUint32(at + 4, bytes.length, true);
    record.set(name, at + ENTRY_BYTES);
    record.set(bytes, at + ENTRY_BYTES + name.length);
    at += ENTRY_BYTES + name.length + bytes.length;
  }
  record.set(new TextEncoder().encode(MAGIC));
  view.setUint32(16, VERSION, true);
  view.setUint32(20, bodyBytes, true);
  view.setUint32(24, crc32(record.subarray(HEADER_BYTES)), true);
  return record;
}

/** How long the record is that these bytes begin; `null` when they begin none. */
export function recordBytes(bytes: Uint8Array): number | null {
  if (bytes.length < HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = new TextDecoder().decode(bytes.subarray(0, MAGIC.length));
  const length = HEADER_BYTES + view.getUint32(20, true);
  const isOurs = magic === MAGIC && view.getUint32(16, true) === VERSION;
  return isOurs && length <= RECORD_BYTES_MAX ? length : null;
}

/** Files by path, of what lies at `tailRecordOffset`; `null` for what is no record, or not a whole one. */
export function parseTailRecord(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> | null {
  const end = recordBytes(bytes);
  if (end === null || end > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  if (crc32(bytes.subarray(HEADER_BYTES, end)) !== view.getUint32(24, true)) return null;
  const files = new Map<string, Uint8Array>();
  for (let at = HEADER_BYTES; at < end; ) {
    if (at + ENTRY_BYTES > end) return null;
    const nameAt = at + ENTRY_BYTES;
    const bytesAt = nameAt + view.getUint32(at, true);
    at = bytesAt + view.getUint32(at + 4, true);
    if (at > end) return null;
    files.set(decoder.decode(bytes.subarray(nameAt, bytesAt)), bytes.subarray(bytesAt, at));
  }
  return files;
}

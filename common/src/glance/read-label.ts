import type { ReadBytes } from "../layout/read-bytes.ts";
import { holdsAt, numberAt, textAt } from "./volume-bytes.ts";

const RECORD_BYTES_MAX = 4096;
const VOLUME_RECORD = 3;
const VOLUME_NAME = 0x60;
const ATTRIBUTES_MAX = 32;
const ROOT_BYTES_MAX = 4096;
const EXFAT_LABEL = 0x83;
const EXFAT_LABEL_MAX = 11;

/**
 * The label of NTFS lies in record 3 of its master file table; empty when it is not where it must be.
 *
 * Source: ntfs-3g include/ntfs-3g/layout.h.
 */
export async function ntfsLabel(read: ReadBytes, boot: Uint8Array): Promise<string> {
  const clusterBytes = numberAt(boot, 11, 2) * (boot[13] ?? 0);
  const recordSize = boot[64] ?? 0;
  // Above 127 it is the negative of a power of two.
  const recordBytes = recordSize < 128 ? recordSize * clusterBytes : 2 ** (256 - recordSize);
  if (recordBytes < 512 || recordBytes > RECORD_BYTES_MAX) return "";
  const tableAt = numberAt(boot, 48, 8) * clusterBytes;
  const recordAt = tableAt + VOLUME_RECORD * recordBytes;
  if (!Number.isSafeInteger(recordAt)) return "";
  const record = await read(recordAt, recordBytes);
  if (!holdsAt(record, 0, "FILE")) return "";
  let at = numberAt(record, 20, 2);
  for (let count = 0; count < ATTRIBUTES_MAX && at + 24 <= record.length; count += 1) {
    if (numberAt(record, at, 4) === VOLUME_NAME) {
      const lengthBytes = numberAt(record, at + 16, 4);
      return textAt(record, at + numberAt(record, at + 20, 2), {
        lengthBytes,
        encoding: "utf-16le",
      });
    }
    at += Math.max(8, numberAt(record, at + 4, 4));
  }
  return "";
}

/**
 * The label of exFAT is an entry of its root directory; empty when it has none in its first 4 KiB.
 *
 * Source: Microsoft, "exFAT file system specification", 3.1 and 7.3.
 */
export async function exfatLabel(read: ReadBytes, boot: Uint8Array): Promise<string> {
  const sectorBytes = 2 ** (boot[108] ?? 0);
  const clusterBytes = sectorBytes * 2 ** (boot[109] ?? 0);
  const heapAt = numberAt(boot, 88, 4) * sectorBytes;
  const rootAt = heapAt + (numberAt(boot, 96, 4) - 2) * clusterBytes;
  if (!Number.isSafeInteger(rootAt) || rootAt <= 0) return "";
  const root = await read(rootAt, ROOT_BYTES_MAX);
  for (let at = 0; at + 32 <= root.length && root[at] !== 0; at += 32) {
    if (root[at] !== EXFAT_LABEL) continue;
    const lengthBytes = 2 * Math.min(root[at + 1] ?? 0, EXFAT_LABEL_MAX);
    return textAt(root, at + 2, { lengthBytes, encoding: "utf-16le" });
  }
  return "";
}

import type { ReadBytes } from "../layout/read-bytes.ts";
import { holdsAt, numberAt, textAt } from "./volume-bytes.ts";
import type { VolumeIdentity } from "./volume-identity.ts";

/** A label among more entries than these is not looked for: the boot sector has one too. */
const ROOT_BYTES_MAX = 4096;
const ENTRY_BYTES = 32;
const VOLUME_ID = 0x08;
const KIND_OF_ENTRY = 0x3f;
const DELETED = 0xe5;
const NO_NAME = "NO NAME";

type Fat = {
  readonly kind: "fat12" | "fat16" | "fat32";
  readonly rootAt: number;
  readonly rootBytes: number;
  /** Where the boot sector keeps a label, after 0x29 that says so. */
  readonly labelAt: number;
};

/** `null`: no FAT file system begins with these bytes. Source: fatgen103. */
export async function identifyFat(
  read: ReadBytes,
  boot: Uint8Array,
): Promise<VolumeIdentity | null> {
  const fat = parseFat(boot);
  if (fat === null) return null;
  const root = await read(fat.rootAt, Math.min(fat.rootBytes, ROOT_BYTES_MAX));
  return { kind: fat.kind, label: rootLabel(root) ?? bootLabel(boot, fat.labelAt) };
}

function parseFat(boot: Uint8Array): Fat | null {
  const sectorBytes = numberAt(boot, 11, 2);
  const clusterSectors = boot[13] ?? 0;
  const reserved = numberAt(boot, 14, 2);
  const fatCount = boot[16] ?? 0;
  const rootEntries = numberAt(boot, 17, 2);
  const fatSectors = numberAt(boot, 22, 2) || numberAt(boot, 36, 4);
  const sectors = numberAt(boot, 19, 2) || numberAt(boot, 32, 4);
  const isJump = boot[0] === 0xe9 || (boot[0] === 0xeb && boot[2] === 0x90);
  if (!isJump || !holdsAt(boot, 510, [0x55, 0xaa])) return null;
  if (![512, 1024, 2048, 4096].includes(sectorBytes) || reserved === 0) return null;
  if (fatCount === 0 || fatCount > 2 || fatSectors === 0 || !isPowerOfTwo(clusterSectors))
    return null;
  const rootSector = reserved + fatCount * fatSectors;
  const rootSectors = Math.ceil((rootEntries * ENTRY_BYTES) / sectorBytes);
  const clusters = Math.floor((sectors - rootSector - rootSectors) / clusterSectors);
  if (clusters < 1) return null;
  if (rootEntries !== 0) {
    const kind = clusters < 4085 ? "fat12" : "fat16";
    const rootBytes = rootEntries * ENTRY_BYTES;
    return { kind, rootAt: rootSector * sectorBytes, rootBytes, labelAt: 43 };
  }
  const clusterAt = rootSector + (numberAt(boot, 44, 4) - 2) * clusterSectors;
  const rootBytes = clusterSectors * sectorBytes;
  return { kind: "fat32", rootAt: Math.max(0, clusterAt * sectorBytes), rootBytes, labelAt: 71 };
}

/** `null`: no entry of the root directory is a label. */
function rootLabel(root: Uint8Array): string | null {
  for (let at = 0; at + ENTRY_BYTES <= root.length && root[at] !== 0; at += ENTRY_BYTES) {
    const kind = (root[at + 11] ?? 0) & KIND_OF_ENTRY;
    if (kind === VOLUME_ID && root[at] !== DELETED) return asciiAt(root, at);
  }
  return null;
}

function bootLabel(boot: Uint8Array, at: number): string {
  const label = boot[at - 5] === 0x29 ? asciiAt(boot, at) : "";
  return label.trim() === NO_NAME ? "" : label;
}

/** Its code page is not known: what is no ASCII is shown as such. */
function asciiAt(bytes: Uint8Array, at: number): string {
  return textAt(bytes, at, { lengthBytes: 11 });
}

function isPowerOfTwo(value: number): boolean {
  return value > 0 && (value & (value - 1)) === 0;
}

import type { FatGeometry } from "./fat-geometry.ts";
import { FIRST_CLUSTER } from "./fat-table.ts";

/** Boot sector and FSInfo, and their copies from block 6 on, where fatgen103 wants them. */
const BACKUP_BLOCK = 6;
const USED_BLOCKS = 8;
const UNKNOWN = 0xffffffff;
const NO_LABEL = "NO NAME";

export type FatPartition = {
  readonly geometry: FatGeometry;
  /** On the drive. */
  readonly offsetBytes: number;
  readonly volumeId: number;
  /** At most 11 characters; "" for none. */
  readonly volumeLabel: string;
};

/**
 * The used beginning of a partition's reserved blocks.
 *
 * Shape:  8 blocks: 0 boot sector, 1 FSInfo, 6 and 7 their copies, the others zero.
 * Source: fatgen103 "Boot Sector and BPB" and "FAT32 FSInfo Sector Structure and Backup Boot Sector".
 */
export function renderReservedBlocks(partition: FatPartition, usedClusters: number): Uint8Array {
  const { blockBytes } = partition.geometry;
  const bytes = new Uint8Array(USED_BLOCKS * blockBytes);
  const sectors = [bootSector(partition), fsInfoSector(partition.geometry, usedClusters)];
  for (const [index, sector] of sectors.entries()) {
    bytes.set(sector, index * blockBytes);
    bytes.set(sector, (BACKUP_BLOCK + index) * blockBytes);
  }
  return bytes;
}

function bootSector({ geometry, ...partition }: FatPartition): Uint8Array {
  const { blockBytes } = geometry;
  const bytes = new Uint8Array(512);
  const view = new DataView(bytes.buffer);
  bytes.set([0xeb, 0x58, 0x90]);
  setText(bytes, 3, "MSWIN4.1", 8);
  view.setUint16(11, blockBytes, true);
  view.setUint8(13, geometry.clusterBytes / blockBytes);
  view.setUint16(14, geometry.reservedBytes / blockBytes, true);
  view.setUint8(16, 2);
  view.setUint8(21, 0xf8);
  view.setUint16(24, 63, true);
  view.setUint16(26, 255, true);
  view.setUint32(28, partition.offsetBytes / blockBytes, true);
  view.setUint32(32, geometry.partitionBytes / blockBytes, true);
  view.setUint32(36, geometry.fatBytes / blockBytes, true);
  view.setUint32(44, FIRST_CLUSTER, true);
  view.setUint16(48, 1, true);
  view.setUint16(50, BACKUP_BLOCK, true);
  view.setUint8(64, 0x80);
  view.setUint8(66, 0x29);
  view.setUint32(67, partition.volumeId, true);
  setText(bytes, 71, partition.volumeLabel || NO_LABEL, 11);
  setText(bytes, 82, "FAT32", 8);
  bytes.set(NOT_BOOTABLE, 90);
  view.setUint16(510, 0xaa55, true);
  return bytes;
}

/** int 0x18 (the BIOS tries its next device); hlt; jmp back to hlt. */
const NOT_BOOTABLE = [0xcd, 0x18, 0xf4, 0xeb, 0xfd];

function fsInfoSector({ clusterCount }: FatGeometry, usedClusters: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(512));
  const freeClusters = clusterCount - usedClusters;
  view.setUint32(0, 0x41615252, true);
  view.setUint32(484, 0x61417272, true);
  view.setUint32(488, freeClusters, true);
  view.setUint32(492, freeClusters === 0 ? UNKNOWN : FIRST_CLUSTER + usedClusters, true);
  view.setUint32(508, 0xaa550000, true);
  return new Uint8Array(view.buffer);
}

function setText(bytes: Uint8Array, offset: number, text: string, length: number): void {
  bytes.set(new TextEncoder().encode(text.padEnd(length)), offset);
}

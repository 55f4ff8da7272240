import { GIB, KIB, MIB } from "../bytes.ts";
import { alignUp } from "./align.ts";
import { FAT_ENTRY_BYTES, FIRST_CLUSTER } from "./fat-table.ts";

/**
 * FAT32 as a calculation.
 *
 * A partition is: reserved blocks (boot sector, FSInfo, their copies), two equal file allocation tables, then the data
 * area, cut into clusters numbered from 2. A table has 4 bytes for each cluster: the number of the next one of the
 * file. Directories are files too; the root is the one that begins at cluster 2.
 *
 *     partition   |reserved| FAT 1 | FAT 2 |2 root |3 dir |4..9 file |10 file | free ...
 *                                          ^ a multiple of 1 MiB, as the partition's start
 *
 * As nothing is ever deleted here, every file is one run of clusters and the runs follow each other: directories
 * first, then files in the order of their paths. So one sequential pass writes it all, and only the used beginning of
 * the tables exists in memory: 4 bytes for each cluster in use. The tables' rest is zero, which is content: left out,
 * it would mark clusters of the stick's last life as used.
 *
 * How many clusters there are decides what the file system is: fewer than 65525 make it FAT16 to every reader, whatever
 * else it says; so a FAT32 partition has at least 34 MiB with clusters of 512 bytes. The largest number is 0x0FFFFFF4.
 * Beyond 32 GiB Windows formats no FAT32, but reads and writes it up to 2 TiB.
 *
 * Source: Microsoft, "FAT: General Overview of On-Disk Format", version 1.03 (fatgen103), which UEFI 2.10 section 13.3
 * builds on.
 */
export type FatGeometry = {
  readonly blockBytes: number;
  readonly partitionBytes: number;
  readonly clusterBytes: number;
  readonly clusterCount: number;
  readonly reservedBytes: number;
  /** Of each of the two tables. */
  readonly fatBytes: number;
};

/** fatgen103: 65525, and formatters should stay 16 away from it, because readers count differently. */
const CLUSTER_COUNT_MIN = 65525 + 16;
const CLUSTER_COUNT_MAX = 0x0ffffff4;
const RESERVED_BLOCKS_MIN = 32;
/** Tables begin and end where a page does, so that no write has to be merged with what lies around it. */
const FAT_ALIGN_BYTES = 4 * KIB;

/** fatgen103 "DskTableFAT32", whose first row starts at 512 byte clusters. */
const CLUSTER_BYTES_BY_PARTITION: readonly (readonly [untilBytes: number, clusterBytes: number])[] =
  [
    [260 * MIB, 512],
    [8 * GIB, 4 * KIB],
    [16 * GIB, 8 * KIB],
    [32 * GIB, 16 * KIB],
  ];
const CLUSTER_BYTES_MAX = 32 * KIB;

/**
 * The geometry for a partition that shall hold chains of these lengths; `null` when none can.
 *
 * Clusters have Microsoft's size for the partition. Where that leaves too few, or the files do not fit, they are halved,
 * so that what fits a partition also fits every larger one.
 *
 * Units: `partitionBytes` is a multiple of 1 MiB; `blockBytes` is 512 or 4096.
 */
export function chooseFatGeometry(
  partition: { readonly partitionBytes: number; readonly blockBytes: number },
  chainBytes: readonly number[],
): FatGeometry | null {
  const { partitionBytes, blockBytes } = partition;
  const usual =
    CLUSTER_BYTES_BY_PARTITION.find(([untilBytes]) => partitionBytes <= untilBytes)?.[1] ??
    CLUSTER_BYTES_MAX;
  for (let bytes = Math.max(usual, blockBytes); bytes >= blockBytes; bytes /= 2) {
    const geometry = fatGeometry(partitionBytes, blockBytes, bytes);
    const { clusterCount } = geometry;
    if (clusterCount < CLUSTER_COUNT_MIN) continue;
    if (clusterCount > CLUSTER_COUNT_MAX) return null;
    if (clusterCount >= clustersOf(chainBytes, bytes)) return geometry;
  }
  return null;
}

/** Where cluster 2 begins, from the start of the partition. */
export function dataOffsetBytes({ reservedBytes, fatBytes }: FatGeometry): number {
  return reservedBytes + 2 * fatBytes;
}

/** How many clusters these chains take; a chain of 0 bytes takes none. */
export function clustersOf(chainBytes: readonly number[], clusterBytes: number): number {
  return chainBytes.reduce((sum, bytes) => sum + Math.ceil(bytes / clusterBytes), 0);
}

/**
 * The data area starts at the first MiB that leaves room for tables of as many clusters as there could be if it started
 * right behind them; the reserved blocks grow to fill the gap.
 */
function fatGeometry(
  partitionBytes: number,
  blockBytes: number,
  clusterBytes: number,
): FatGeometry {
  const reservedMin = RESERVED_BLOCKS_MIN * blockBytes;
  const atMost = Math.ceil((partitionBytes - reservedMin) / (clusterBytes + 2 * FAT_ENTRY_BYTES));
  const dataOffset = alignUp(reservedMin + 2 * tableBytes(atMost), MIB);
  const clusterCount = Math.max(0, Math.floor((partitionBytes - dataOffset) / clusterBytes));
  const fatBytes = tableBytes(clusterCount);
  const reservedBytes = dataOffset - 2 * fatBytes;
  return { blockBytes, partitionBytes, clusterBytes, clusterCount, reservedBytes, fatBytes };
}

function tableBytes(clusterCount: number): number {
  return alignUp((FIRST_CLUSTER + clusterCount) * FAT_ENTRY_BYTES, FAT_ALIGN_BYTES);
}

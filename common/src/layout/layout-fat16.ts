import { KIB } from "../bytes.ts";
import { invariant } from "../invariant.ts";
import { alignUp } from "./align.ts";
import { bytesExtent } from "./bytes-extent.ts";
import type { Extent } from "./extent.ts";
import { clustersOf } from "./fat-geometry.ts";
import { FIRST_CLUSTER } from "./fat-table.ts";
import type { Layout } from "./layout.ts";
import {
  byOffset,
  chainLengths,
  type FatFile,
  type FatTree,
  placeChains,
  renderDirectories,
} from "./layout-fat32.ts";

/**
 * A small FAT volume of its own: what UEFI firmware starts a disc from. FAT16, because the smallest FAT32 has 34 MiB,
 * and a boot catalog counts to 32 MiB.
 *
 *     |boot sector| FAT 1 | FAT 2 | root: 512 records | cluster 2 ... |
 *
 * Everything else is as in FAT32: each chain is one run, in the same order.
 *
 * Source: fatgen103; UEFI 2.10 section 13.3.2.1.
 */
export type SmallVolume = { readonly volumeId: number; readonly volumeLabel: string };

const BLOCK_BYTES = 512;
const RESERVED_BLOCKS = 1;
const ROOT_RECORDS = 512;
const ROOT_BYTES = ROOT_RECORDS * 32;
/** fatgen103: 4085 and 65525 divide the kinds, and formatters should stay 16 away from both. */
const CLUSTERS_MIN = 4085 + 16;
const CLUSTERS_MAX = 65525 - 16;
const CLUSTER_BYTES_MAX = 32 * KIB;
const ENTRY_BYTES = 2;
const MEDIA_ENTRY = 0xfff8;
const END_OF_CHAIN = 0xffff;

/**
 * The smallest FAT16 volume that holds the tree; `null` when 2 GiB do not.
 *
 * Shape: as a Layout from the volume's first byte; what no extent covers is zero. The tree is one that checkTree finds
 *        nothing in, and its root holds fewer than 512 records.
 */
export function layoutFat16(tree: FatTree, { volumeId, volumeLabel }: SmallVolume): Layout | null {
  const [rootBytes = 0, ...otherBytes] = chainLengths(tree);
  invariant(rootBytes <= ROOT_BYTES, "the root of a boot volume holds a few folders");
  const clusterBytes = chooseClusterBytes(otherBytes);
  if (clusterBytes === null) return null;
  // The root lies before the clusters and has none.
  const chains = [0, ...otherBytes.map((bytes) => Math.ceil(bytes / clusterBytes))];
  const { clusterOf, usedClusters } = placeChains(tree, chains);
  const clusterCount = Math.max(usedClusters, CLUSTERS_MIN);
  const fatBytes = alignUp((FIRST_CLUSTER + clusterCount) * ENTRY_BYTES, BLOCK_BYTES);
  const rootOffset = RESERVED_BLOCKS * BLOCK_BYTES + 2 * fatBytes;
  const dataOffset = rootOffset + ROOT_BYTES;
  const driveBytes = dataOffset + clusterCount * clusterBytes;
  const offsetOf = (cluster: number): number =>
    cluster === 0 ? rootOffset : dataOffset + (cluster - FIRST_CLUSTER) * clusterBytes;
  const head = bootSector({ volumeId, volumeLabel, driveBytes, clusterBytes, fatBytes });
  const table = renderFat16(chains, fatBytes);
  const content = [
    ...renderDirectories(tree, volumeLabel, clusterOf).map(({ cluster, bytes }) =>
      bytesExtent(offsetOf(cluster), bytes, BLOCK_BYTES),
    ),
    ...tree.files
      .filter(({ sizeBytes }) => sizeBytes > 0)
      .map((file) => fileExtent(file, offsetOf(clusterOf(file)))),
  ];
  return {
    driveBytes,
    extents: [
      bytesExtent(0, head, BLOCK_BYTES),
      bytesExtent(RESERVED_BLOCKS * BLOCK_BYTES, table, BLOCK_BYTES),
      bytesExtent(RESERVED_BLOCKS * BLOCK_BYTES + fatBytes, table, BLOCK_BYTES),
      ...content.sort(byOffset),
    ],
  };
}

function chooseClusterBytes(chainBytes: readonly number[]): number | null {
  for (let bytes = BLOCK_BYTES; bytes <= CLUSTER_BYTES_MAX; bytes *= 2) {
    if (clustersOf(chainBytes, bytes) <= CLUSTERS_MAX) return bytes;
  }
  return null;
}

type Head = SmallVolume & {
  readonly driveBytes: number;
  readonly clusterBytes: number;
  readonly fatBytes: number;
};

/** Source: fatgen103 "Boot Sector and BPB". */
function bootSector(head: Head): Uint8Array {
  const bytes = new Uint8Array(BLOCK_BYTES);
  const view = new DataView(bytes.buffer);
  const blockCount = head.driveBytes / BLOCK_BYTES;
  bytes.set([0xeb, 0x3c, 0x90]);
  setText(bytes, 3, "MSWIN4.1", 8);
  view.setUint16(11, BLOCK_BYTES, true);
  view.setUint8(13, head.clusterBytes / BLOCK_BYTES);
  view.setUint16(14, RESERVED_BLOCKS, true);
  view.setUint8(16, 2);
  view.setUint16(17, ROOT_RECORDS, true);
  if (blockCount < 0x10000) view.setUint16(19, blockCount, true);
  else view.setUint32(32, blockCount, true);
  view.setUint8(21, 0xf8);
  view.setUint16(22, head.fatBytes / BLOCK_BYTES, true);
  view.setUint16(24, 32, true);
  view.setUint16(26, 64, true);
  view.setUint8(36, 0x80);
  view.setUint8(38, 0x29);
  view.setUint32(39, head.volumeId, true);
  setText(bytes, 43, head.volumeLabel || "NO NAME", 11);
  setText(bytes, 54, "FAT16", 8);
  view.setUint16(510, 0xaa55, true);
  return bytes;
}

function renderFat16(chainClusters: readonly number[], fatBytes: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(fatBytes));
  view.setUint16(0, MEDIA_ENTRY, true);
  view.setUint16(ENTRY_BYTES, END_OF_CHAIN, true);
  let cluster = FIRST_CLUSTER;
  for (const clusters of chainClusters) {
    for (const end = cluster + clusters; cluster < end; cluster++) {
      view.setUint16(cluster * ENTRY_BYTES, cluster + 1 === end ? END_OF_CHAIN : cluster + 1, true);
    }
  }
  return new Uint8Array(view.buffer);
}

function fileExtent({ content, sizeBytes }: FatFile, offsetBytes: number): Extent {
  if (content.kind === "bytes") return bytesExtent(offsetBytes, content.bytes, BLOCK_BYTES);
  const { sha256 } = content;
  return {
    offsetBytes,
    lengthBytes: sizeBytes,
    source: { kind: "blob", sha256, blobOffsetBytes: 0 },
  };
}

function setText(bytes: Uint8Array, offset: number, text: string, length: number): void {
  bytes.set(new TextEncoder().encode(text.padEnd(length)), offset);
}

import { MIB } from "../bytes.ts";
import { bytesExtent } from "./bytes-extent.ts";
import type { Extent } from "./extent.ts";
import { type FatPartition, renderReservedBlocks } from "./fat-boot-sector.ts";
import { type DirectoryEntry, directoryBytes, renderDirectory } from "./fat-directory.ts";
import { dataOffsetBytes } from "./fat-geometry.ts";
import { FIRST_CLUSTER, renderFat } from "./fat-table.ts";
import type { Directory, Entry } from "./plant-tree.ts";

export type FatFile = {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  readonly content:
    | { readonly kind: "blob"; readonly sha256: string }
    | { readonly kind: "bytes"; readonly bytes: Uint8Array };
};

export type FatTree = {
  /** The root first. */
  readonly directories: readonly Directory<FatFile>[];
  /** In the order of their paths. */
  readonly files: readonly FatFile[];
};

/** What has clusters. */
export type ChainOwner = Directory<FatFile> | FatFile;

const LARGE_BYTES = MIB;

/**
 * The order on the drive: the root, files of 1 MiB and more with the largest first, all other directories, all other files.
 *
 * From build to build it is mostly what is small that changes, comes and goes. Behind what is large it moves nothing that
 * takes long to write, so that a stick which holds an earlier build needs little.
 */
export function ownersInOrder({ directories, files }: FatTree): readonly ChainOwner[] {
  const large = files.filter(({ sizeBytes }) => sizeBytes >= LARGE_BYTES);
  return [
    ...directories.slice(0, 1),
    ...large.sort((left, right) => right.sizeBytes - left.sizeBytes),
    ...directories.slice(1),
    ...files.filter(({ sizeBytes }) => sizeBytes < LARGE_BYTES),
  ];
}

/** How long each chain of clusters must be, in the order on the drive. */
export function chainLengths(tree: FatTree): readonly number[] {
  return ownersInOrder(tree).map((owner) =>
    "entries" in owner ? directoryBytes(owner.entries.map(({ name }) => name)) : owner.sizeBytes,
  );
}

/**
 * Everything in a FAT32 partition that is not zero, up to `endBytes` on the drive, behind which all clusters are free.
 *
 * Shape: the tree is one that checkTree finds nothing in, and the geometry has clusters enough for it.
 */
export function layoutFat32(
  tree: FatTree,
  partition: FatPartition,
): { readonly extents: readonly Extent[]; readonly endBytes: number } {
  const { geometry, offsetBytes } = partition;
  const { blockBytes, clusterBytes, reservedBytes, fatBytes } = geometry;
  const chains = chainLengths(tree).map((bytes) => Math.ceil(bytes / clusterBytes));
  const { clusterOf, usedClusters } = placeChains(tree, chains);
  const dataBytes = offsetBytes + dataOffsetBytes(geometry);
  const driveOffset = (cluster: number) => dataBytes + (cluster - FIRST_CLUSTER) * clusterBytes;

  const reserved = renderReservedBlocks(partition, usedClusters);
  const table = renderFat(chains, blockBytes);
  const content = [
    ...renderDirectories(tree, partition.volumeLabel, clusterOf).map(({ cluster, bytes }) =>
      bytesExtent(driveOffset(cluster), bytes, blockBytes),
    ),
    ...tree.files
      .filter(({ sizeBytes }) => sizeBytes > 0)
      .map((file) => fileExtent(file, driveOffset(clusterOf(file)), blockBytes)),
  ];
  return {
    extents: [
      bytesExtent(offsetBytes, reserved, blockBytes),
      bytesExtent(offsetBytes + reservedBytes, table, blockBytes),
      bytesExtent(offsetBytes + reservedBytes + fatBytes, table, blockBytes),
      ...content.sort(byOffset),
    ],
    endBytes: driveOffset(FIRST_CLUSTER + usedClusters),
  };
}

export type ClusterOf = (owner: ChainOwner) => number;

/** The chains follow each other; an empty one has cluster 0, which means none. */
export function placeChains(
  tree: FatTree,
  chains: readonly number[],
): { readonly clusterOf: ClusterOf; readonly usedClusters: number } {
  const firstClusters = new Map<ChainOwner, number>();
  let next = FIRST_CLUSTER;
  for (const [index, owner] of ownersInOrder(tree).entries()) {
    const clusters = chains[index] ?? 0;
    if (clusters > 0) firstClusters.set(owner, next);
    next += clusters;
  }
  return {
    clusterOf: (owner) => firstClusters.get(owner) ?? 0,
    usedClusters: next - FIRST_CLUSTER,
  };
}

/** Directories and the label are as new as the newest file: no clock, and no other moment to take. */
export function renderDirectories(
  { directories, files }: FatTree,
  volumeLabel: string,
  clusterOf: ClusterOf,
): readonly { readonly cluster: number; readonly bytes: Uint8Array }[] {
  const modifiedAtMs = files.reduce((newest, file) => Math.max(newest, file.modifiedAtMs), 0);
  return directories.map((directory) => {
    const cluster = clusterOf(directory);
    const { parent, entries } = directory;
    const parentCluster = parent === null || parent.parent === null ? 0 : clusterOf(parent);
    const bytes = renderDirectory(
      parent === null
        ? { kind: "root", volumeLabel, modifiedAtMs }
        : { kind: "nested", ownCluster: cluster, parentCluster, modifiedAtMs },
      entries.map((entry) => directoryEntry(entry, clusterOf, modifiedAtMs)),
    );
    return { cluster, bytes };
  });
}

export function byOffset(left: Extent, right: Extent): number {
  return left.offsetBytes - right.offsetBytes;
}

function directoryEntry(
  entry: Entry<FatFile>,
  clusterOf: ClusterOf,
  modifiedAtMs: number,
): DirectoryEntry {
  const { kind, name } = entry;
  if (kind === "directory") {
    return { kind, name, firstCluster: clusterOf(entry.directory), sizeBytes: 0, modifiedAtMs };
  }
  const { leaf } = entry;
  const { sizeBytes } = leaf;
  return { kind, name, firstCluster: clusterOf(leaf), sizeBytes, modifiedAtMs: leaf.modifiedAtMs };
}

function fileExtent(file: FatFile, offsetBytes: number, blockBytes: number): Extent {
  const { content, sizeBytes } = file;
  if (content.kind === "bytes") return bytesExtent(offsetBytes, content.bytes, blockBytes);
  const { sha256 } = content;
  return {
    offsetBytes,
    lengthBytes: sizeBytes,
    source: { kind: "blob", sha256, blobOffsetBytes: 0 },
  };
}

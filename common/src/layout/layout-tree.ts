import { invariant } from "../invariant.ts";
import type { ByteRange, TreeBody } from "../media/manifest.ts";
import { fail, ok, type Result } from "../result.ts";
import type { GrubImages } from "./bios-boot.ts";
import { checkTree } from "./check-tree.ts";
import { coverWithZeros } from "./cover-with-zeros.ts";
import type { DriveGeometry, StampFile, StickIdentity } from "./extent.ts";
import { fitPartition } from "./fit-partition.ts";
import type { Layout } from "./layout.ts";
import { chainLengths, type FatFile, type FatTree, layoutFat32 } from "./layout-fat32.ts";
import { layoutPartitionTable, PARTITION_OFFSET_BYTES, TAIL_BYTES } from "./partition-table.ts";
import { plantTree } from "./plant-tree.ts";
import { renderVolumeLabel } from "./render-volume-label.ts";

export type TreeInput = {
  readonly body: TreeBody;
  readonly geometry: DriveGeometry;
  readonly identity: StickIdentity;
  readonly stamps: readonly StampFile[];
  /** The bytes of the body's boot code; `null` when it has none. */
  readonly biosBoot: GrubImages | null;
};

/**
 * Files and stamps as a partitioned FAT32 drive.
 *
 * Shape:    the drive is covered from 0 to the last used cluster, and in its last MiB; the rest is free clusters.
 * Problems: those of checkTree, the first of them; drive_too_small, partition_size_invalid, boot_code_unfit.
 */
export function layoutTree({
  body,
  geometry,
  identity,
  stamps,
  biosBoot,
}: TreeInput): Result<Layout> {
  invariant(
    (body.biosBoot.kind === "none") === (biosBoot === null),
    "boot code comes with its body",
  );
  const { label } = renderVolumeLabel(body.volumeLabel);
  invariant(label === body.volumeLabel, "a compiled label is one that FAT can hold");
  const { sizeBytes: driveBytes, logicalBlockBytes } = geometry;
  const tree = treeOf(body, stamps);
  if (!tree.ok) return tree;
  const wish = { chainBytes: chainLengths(tree.value), partitionBytes: body.partitionBytes };
  const fat = fitPartition(wish, geometry);
  if (!fat.ok) return fat;
  const { partitionBytes } = fat.value;
  const partitionName = body.volumeLabel || "STICKFARM";
  const table = layoutPartitionTable({
    kind: body.partitionTable,
    geometry,
    identity,
    partitionBytes,
    partitionName,
    biosBoot,
  });
  if (!table.ok) return table;
  const volume = layoutFat32(tree.value, {
    geometry: fat.value,
    offsetBytes: PARTITION_OFFSET_BYTES,
    volumeId: identity.volumeId,
    volumeLabel: body.volumeLabel,
  });
  const content = [...table.value.head, ...volume.extents, ...table.value.tail];
  const determined: readonly ByteRange[] = [
    { offsetBytes: 0, lengthBytes: volume.endBytes },
    { offsetBytes: driveBytes - TAIL_BYTES, lengthBytes: TAIL_BYTES },
  ];
  return ok({ driveBytes, extents: coverWithZeros(content, determined, logicalBlockBytes) });
}

/**
 * The body's files and the stamps in the order of their paths.
 *
 * Problems: those of checkTree, the first of them.
 */
export function treeOf(body: TreeBody, stamps: readonly StampFile[]): Result<FatTree> {
  const files = [...body.files.map(fileOfBlob), ...stamps.map(fileOfStamp)].sort(byPath);
  const [problem] = checkTree(files, body.emptyDirectories);
  if (problem !== undefined) return fail(problem);
  return ok({ directories: plantTree(files, body.emptyDirectories), files });
}

function fileOfBlob({ path, blob, modifiedAtMs }: TreeBody["files"][number]): FatFile {
  const { sha256, sizeBytes } = blob;
  return { path, sizeBytes, modifiedAtMs, content: { kind: "blob", sha256 } };
}

function fileOfStamp({ path, bytes, modifiedAtMs }: StampFile): FatFile {
  return { path, sizeBytes: bytes.length, modifiedAtMs, content: { kind: "bytes", bytes } };
}

function byPath(left: FatFile, right: FatFile): number {
  return left.path < right.path ? -1 : left.path > right.path ? 1 : 0;
}

import type { Manifest } from "../media/manifest.ts";
import { ok, type Result } from "../result.ts";
import { alignUp } from "./align.ts";
import type { StampFile } from "./extent.ts";
import { neededDriveBytes } from "./fit-partition.ts";
import { chainLengths } from "./layout-fat32.ts";
import { treeOf } from "./layout-tree.ts";

/**
 * The smallest drive, with blocks of 512 bytes, that layoutManifest can lay this out on.
 *
 * Units:    bytes, a multiple of 512; a drive with blocks of 4096 bytes that is as large has room for its last one too.
 * Problems: those of checkTree, the first of them; partition_size_invalid: no drive will do.
 */
export function requiredDriveBytes(
  body: Manifest["body"],
  stamps: readonly StampFile[],
): Result<number> {
  if (body.kind === "image") return ok(alignUp(body.expanded.sizeBytes, 512));
  const tree = treeOf(body, stamps);
  if (!tree.ok) return tree;
  const { partitionBytes } = body;
  return neededDriveBytes({ chainBytes: chainLengths(tree.value), partitionBytes }, 512);
}

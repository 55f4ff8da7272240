import { MIB, renderBytes } from "../bytes.ts";
import { invariant } from "../invariant.ts";
import type { TreeBody } from "../media/manifest.ts";
import type { Problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import { alignDown } from "./align.ts";
import type { DriveGeometry } from "./extent.ts";
import { chooseFatGeometry, type FatGeometry } from "./fat-geometry.ts";
import { PARTITION_END_BYTES_MAX, PARTITION_OFFSET_BYTES, TAIL_BYTES } from "./partition-table.ts";

const PARTITION_BYTES_MAX = PARTITION_END_BYTES_MAX - PARTITION_OFFSET_BYTES;

export type PartitionWish = {
  /** How long each chain of clusters must be. */
  readonly chainBytes: readonly number[];
  readonly partitionBytes: TreeBody["partitionBytes"];
};

/**
 * The partition on this drive. "fill" ends with the last whole MiB before the drive's last MiB, and at 2 TiB from the
 * drive's start at most; a size in bytes is rounded down to whole MiB.
 *
 * Problems: drive_too_small, partition_size_invalid.
 */
export function fitPartition(wish: PartitionWish, drive: DriveGeometry): Result<FatGeometry> {
  const { sizeBytes, logicalBlockBytes: blockBytes } = drive;
  const needed = neededDriveBytes(wish, blockBytes);
  if (!needed.ok) return needed;
  if (sizeBytes < needed.value) return fail(driveTooSmall(sizeBytes, needed.value));
  const endBytes = Math.min(alignDown(sizeBytes - TAIL_BYTES, MIB), PARTITION_END_BYTES_MAX);
  const partitionBytes =
    wish.partitionBytes === "fill"
      ? endBytes - PARTITION_OFFSET_BYTES
      : alignDown(wish.partitionBytes, MIB);
  const geometry = chooseFatGeometry({ partitionBytes, blockBytes }, wish.chainBytes);
  invariant(geometry !== null, "what fits the smallest partition also fits a larger one");
  return ok(geometry);
}

/**
 * The smallest drive that the partition fits on.
 *
 * Units:    bytes, a multiple of 1 MiB.
 * Problems: partition_size_invalid.
 */
export function neededDriveBytes(wish: PartitionWish, blockBytes: number): Result<number> {
  const smallest = smallestPartitionBytes(wish.chainBytes, blockBytes);
  if (smallest > PARTITION_BYTES_MAX) {
    return fail(badSize("the files", `they need more than ${inBytes(PARTITION_BYTES_MAX)}`));
  }
  const { partitionBytes } = wish;
  if (partitionBytes === "fill") return ok(smallest + PARTITION_OFFSET_BYTES + TAIL_BYTES);
  const wanted = `a partition of ${inBytes(partitionBytes)}`;
  if (partitionBytes > PARTITION_BYTES_MAX) {
    return fail(badSize(wanted, `it must have at most ${inBytes(PARTITION_BYTES_MAX)}`));
  }
  if (alignDown(partitionBytes, MIB) < smallest) {
    return fail(badSize(wanted, `it must have at least ${inBytes(smallest)} for these files`));
  }
  return ok(alignDown(partitionBytes, MIB) + PARTITION_OFFSET_BYTES + TAIL_BYTES);
}

/** Searched by halves, because what fits a partition also fits every larger one. */
function smallestPartitionBytes(chainBytes: readonly number[], blockBytes: number): number {
  let [tooSmall, enough] = [0, PARTITION_BYTES_MAX / MIB + 1];
  while (enough - tooSmall > 1) {
    const middle = Math.floor((tooSmall + enough) / 2);
    const fits = chooseFatGeometry({ partitionBytes: middle * MIB, blockBytes }, chainBytes);
    if (fits === null) tooSmall = middle;
    else enough = middle;
  }
  return enough * MIB;
}

/** The drive as a problem, for whoever lays out something that needs more. */
export function driveTooSmall(sizeBytes: number, neededBytes: number): Problem {
  return {
    code: "drive_too_small",
    detail: `Cannot lay out the media on the drive: it has ${inBytes(sizeBytes)}, it must have at least ${inBytes(neededBytes)}`,
  };
}

function badSize(what: string, why: string): Problem {
  return {
    code: "partition_size_invalid",
    detail: `Cannot lay out ${what} in one FAT32 partition: ${why}`,
  };
}

function inBytes(bytes: number): string {
  return `${bytes} bytes (${renderBytes(bytes)})`;
}

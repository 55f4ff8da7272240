import type { SeenVolume, TableKind } from "../drive/contents.ts";
import type { DriveGeometry } from "../layout/extent.ts";
import type { ReadBytes } from "../layout/read-bytes.ts";
import { findPartitions, type Partition } from "./find-partitions.ts";
import { identifyVolume } from "./identify-volume.ts";

export type SeenVolumes = {
  readonly table: TableKind;
  /** The drive itself, unless a table alone is there, then its partitions. */
  readonly volumes: readonly SeenVolume[];
  /** Where the partitions lie, in the order of `volumes`; none when the drive itself is the volume. */
  readonly partitions: readonly Partition[];
};

/**
 * The drive's table and its volumes.
 *
 * Shape: a file system on the drive itself counts before a table, whose place its boot program may take; a disc image
 *        that is made to be both is shown as the disc that it is.
 */
export async function seeVolumes(read: ReadBytes, drive: DriveGeometry): Promise<SeenVolumes> {
  const whole = { number: 0, offsetBytes: 0, sizeBytes: drive.sizeBytes };
  const itself = await seeVolume(read, whole);
  const { table, partitions } =
    itself.kind === "unknown" || itself.kind === "iso9660"
      ? await findPartitions(read, drive)
      : { table: "none" as const, partitions: [] };
  if (itself.kind !== "unknown" || table === "none")
    return { table, volumes: [itself], partitions: [] };
  const volumes: SeenVolume[] = [];
  for (const partition of partitions) volumes.push(await seeVolume(read, partition));
  return { table, volumes, partitions };
}

async function seeVolume(
  read: ReadBytes,
  { number, offsetBytes, sizeBytes }: Partition,
): Promise<SeenVolume> {
  const { kind, label } = await identifyVolume(within(read, offsetBytes, sizeBytes), sizeBytes);
  return { partition: number, sizeBytes, kind, label };
}

/** Reads of a volume end where the volume ends. */
function within(read: ReadBytes, offsetBytes: number, sizeBytes: number): ReadBytes {
  return async (at, lengthBytes) => {
    if (!(at >= 0 && at < sizeBytes)) return new Uint8Array();
    return read(offsetBytes + at, Math.min(lengthBytes, sizeBytes - at));
  };
}

import { MIB, TIB } from "../bytes.ts";
import { ok, type Result } from "../result.ts";
import { type GrubImages, placeGrub } from "./bios-boot.ts";
import { bytesExtent } from "./bytes-extent.ts";
import type { DriveGeometry, Extent, StickIdentity } from "./extent.ts";
import {
  firstUsableBlock,
  GPT_TYPE_BIOS_BOOT,
  GPT_TYPE_EFI_SYSTEM,
  type GptPartition,
  renderGpt,
} from "./gpt.ts";
import { MBR_TYPE_FAT32, MBR_TYPE_PROTECTIVE, renderMbr } from "./mbr.ts";

/** The one partition begins here; tables and boot code lie before it. */
export const PARTITION_OFFSET_BYTES = MIB;
/** No partition reaches into the drive's last MiB, where a backup GPT lies. */
export const TAIL_BYTES = MIB;
/** No partition reaches beyond: FAT32 and MBR count 512 byte blocks in 32 bits. */
export const PARTITION_END_BYTES_MAX = 2 * TIB;

export type PartitionTable = {
  readonly kind: "mbr" | "gpt";
  readonly geometry: DriveGeometry;
  readonly identity: StickIdentity;
  readonly partitionBytes: number;
  readonly partitionName: string;
  readonly biosBoot: GrubImages | null;
};

/** Extents before the partition and behind it; both sorted. */
export type TableExtents = { readonly head: readonly Extent[]; readonly tail: readonly Extent[] };

/**
 * The partition table and the boot code that lies in and behind it.
 *
 * Problems: boot_code_unfit.
 */
export function layoutPartitionTable(table: PartitionTable): Result<TableExtents> {
  const layOut = table.kind === "mbr" ? layoutMbr : layoutGpt;
  if (table.biosBoot === null) return ok(layOut(table, null));
  const { logicalBlockBytes } = table.geometry;
  const coreBlock = table.kind === "mbr" ? 1 : firstUsableBlock(logicalBlockBytes);
  const grub = placeGrub(table.biosBoot, {
    geometry: table.geometry,
    coreBlock,
    coreBlocksMax: PARTITION_OFFSET_BYTES / logicalBlockBytes - coreBlock,
  });
  return grub.ok ? ok(layOut(table, grub.value)) : grub;
}

function layoutMbr(table: PartitionTable, grub: GrubImages | null): TableExtents {
  const blockBytes = table.geometry.logicalBlockBytes;
  const mbr = renderMbr({
    blockBytes,
    bootCode: grub?.boot ?? null,
    diskSignature: table.identity.diskSignature,
    partition: {
      type: MBR_TYPE_FAT32,
      active: true,
      startBlock: PARTITION_OFFSET_BYTES / blockBytes,
      blockCount: table.partitionBytes / blockBytes,
    },
  });
  const core = grub === null ? [] : [bytesExtent(blockBytes, grub.core, blockBytes)];
  return { head: [bytesExtent(0, mbr, blockBytes), ...core], tail: [] };
}

function layoutGpt(table: PartitionTable, grub: GrubImages | null): TableExtents {
  const { logicalBlockBytes: blockBytes, sizeBytes } = table.geometry;
  const driveBlocks = sizeBytes / blockBytes;
  const mbr = renderMbr({
    blockBytes,
    bootCode: grub?.boot ?? null,
    // UEFI 2.10 table 5.3: a protective MBR has none.
    diskSignature: 0,
    partition: {
      type: MBR_TYPE_PROTECTIVE,
      active: false,
      startBlock: 1,
      blockCount: driveBlocks - 1,
    },
  });
  const { primary, backup } = renderGpt({
    blockBytes,
    driveBlocks,
    diskGuid: table.identity.diskGuid,
    partitions:
      grub === null ? [dataPartition(table)] : [dataPartition(table), biosPartition(table)],
  });
  const coreBytes = firstUsableBlock(blockBytes) * blockBytes;
  const core = grub === null ? [] : [bytesExtent(coreBytes, grub.core, blockBytes)];
  return {
    head: [bytesExtent(0, mbr, blockBytes), bytesExtent(blockBytes, primary, blockBytes), ...core],
    tail: [bytesExtent(sizeBytes - backup.length, backup, blockBytes)],
  };
}

/** Number 1 under either table, so that boot code finds it alike. */
function dataPartition({ geometry, identity, ...table }: PartitionTable): GptPartition {
  const firstBlock = PARTITION_OFFSET_BYTES / geometry.logicalBlockBytes;
  return {
    typeGuid: GPT_TYPE_EFI_SYSTEM,
    guid: identity.partitionGuid,
    firstBlock,
    lastBlock: firstBlock + table.partitionBytes / geometry.logicalBlockBytes - 1,
    name: table.partitionName,
  };
}

function biosPartition({ geometry, identity }: PartitionTable): GptPartition {
  return {
    typeGuid: GPT_TYPE_BIOS_BOOT,
    guid: identity.biosPartitionGuid,
    firstBlock: firstUsableBlock(geometry.logicalBlockBytes),
    lastBlock: PARTITION_OFFSET_BYTES / geometry.logicalBlockBytes - 1,
    name: "BIOS boot",
  };
}

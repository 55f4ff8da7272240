import { createHash } from "node:crypto";
import type { GrubImages } from "@stickfarm/common/layout/bios-boot";
import { firstUsableBlock } from "@stickfarm/common/layout/gpt";
import {
  layoutPartitionTable,
  PARTITION_OFFSET_BYTES,
} from "@stickfarm/common/layout/partition-table";
import type { ReadBytes } from "@stickfarm/common/layout/read-bytes";
import type { FatVolume } from "@stickfarm/common/layout/read-fat32";
import { stickIdentity } from "@stickfarm/common/layout/stick-identity";
import type { BlobRef, TreeBody } from "@stickfarm/common/media/manifest";
import type { StickFinding } from "./inspection.ts";

export const PARTITION_TABLE = "partition table";
export const BOOT_CODE = "boot code";

const MBR_BOOT_CODE_BYTES = 440;
const BOOT_FILE_BYTES_MAX = 1024 * 1024;
/** Source: fatgen103, BPB_BytsPerSec and BPB_TotSec32; UEFI 2.10 table 5.5, AlternateLBA. */
const FAT_BLOCK_BYTES_AT = 11;
const FAT_BLOCKS_AT = 32;
const GPT_OTHER_AT = 32;

type Built = {
  readonly body: TreeBody;
  readonly stickId: string;
  /** Ours; the files of the manifest are read from it. */
  readonly volume: FatVolume;
};

/**
 * What of the bytes before the partition is not as the build laid it out; `null` when that cannot be known, because the
 * images that the boot code was made of are not among the stick's files, or not as they were.
 *
 * Shape: how large partition and drive are is taken from the stick, so that its image on another drive is still whole.
 */
export async function compareBeginning(
  read: ReadBytes,
  { body, stickId, volume }: Built,
): Promise<readonly StickFinding[] | null> {
  const biosBoot = await readBootCode(volume, body);
  if (biosBoot === undefined) return null;
  const sizes = await readSizes(read);
  if (sizes === null) return [changed(PARTITION_TABLE)];
  const { blockBytes, driveBytes, partitionBytes } = sizes;
  const table = layoutPartitionTable({
    kind: body.partitionTable,
    geometry: { sizeBytes: driveBytes, logicalBlockBytes: blockBytes },
    identity: stickIdentity(stickId),
    partitionBytes,
    partitionName: body.volumeLabel || "STICKFARM",
    biosBoot,
  });
  if (!table.ok) return null;
  const expected = Buffer.alloc(PARTITION_OFFSET_BYTES);
  for (const { offsetBytes, source } of table.value.head)
    if (source.kind === "bytes") expected.set(source.bytes, offsetBytes);
  const found = await read(0, PARTITION_OFFSET_BYTES);
  const tableEnd = body.partitionTable === "mbr" ? 512 : firstUsableBlock(blockBytes) * blockBytes;
  const isSame = (from: number, to: number) =>
    expected.subarray(from, to).equals(found.subarray(from, to));
  const isCodeSame = isSame(0, MBR_BOOT_CODE_BYTES) && isSame(tableEnd, PARTITION_OFFSET_BYTES);
  return [
    ...(isSame(MBR_BOOT_CODE_BYTES, tableEnd) ? [] : [changed(PARTITION_TABLE)]),
    ...(isCodeSame ? [] : [changed(BOOT_CODE)]),
  ];
}

function changed(path: string): StickFinding {
  return { what: "changed", path };
}

/** GRUB's images lie among the files as well; `null` for a stick without boot code, `undefined` when they are not there. */
async function readBootCode(
  volume: FatVolume,
  { biosBoot, files }: TreeBody,
): Promise<GrubImages | null | undefined> {
  if (biosBoot.kind === "none") return null;
  const readBlob = async ({ sha256 }: BlobRef) => {
    const path = files.find(({ blob }) => blob.sha256 === sha256)?.path;
    const file = path === undefined ? null : await volume.readFile(path, BOOT_FILE_BYTES_MAX);
    if (file === null || !file.ok || file.value === null) return null;
    return createHash("sha256").update(file.value).digest("hex") === sha256 ? file.value : null;
  };
  const boot = await readBlob(biosBoot.boot);
  const core = await readBlob(biosBoot.core);
  return boot === null || core === null ? undefined : { boot, core };
}

/** `null` for what our layout never makes. */
async function readSizes(read: ReadBytes) {
  const sector = viewOf(await read(PARTITION_OFFSET_BYTES, 512));
  if (sector.byteLength < 512) return null;
  const blockBytes = sector.getUint16(FAT_BLOCK_BYTES_AT, true);
  if (blockBytes !== 512 && blockBytes !== 4096) return null;
  const partitionBytes = sector.getUint32(FAT_BLOCKS_AT, true) * blockBytes;
  const header = viewOf(await read(blockBytes, 512));
  const otherBlock = Number(header.getBigUint64(GPT_OTHER_AT, true));
  const driveBytes = (otherBlock + 1) * blockBytes;
  // Without a GPT nothing depends on it.
  return {
    blockBytes,
    partitionBytes,
    driveBytes: Number.isSafeInteger(driveBytes) ? driveBytes : 0,
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

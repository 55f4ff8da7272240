/**
 * A glance at what a drive holds. It may hold anything, made by anyone: places and sizes that it names are checked against
 * its own before they are used, every list has an end, and nothing is mounted.
 */
import type { DriveContents, SeenPassport, SeenVolume } from "../drive/contents.ts";
import type { DriveGeometry } from "../layout/extent.ts";
import { PARTITION_OFFSET_BYTES } from "../layout/partition-table.ts";
import type { ReadBytes } from "../layout/read-bytes.ts";
import { openFat32 } from "../layout/read-fat32.ts";
import { MEDIA_JSON_PATH, PASSPORT_PATH } from "../media/stick-path.ts";
import { findPartitions, type Partition } from "./find-partitions.ts";
import { identifyVolume } from "./identify-volume.ts";
import { parsePassport } from "./parse-passport.ts";

type Seen = Extract<DriveContents, { kind: "seen" }>;

/** A passport has 500 bytes, the plain settings a few thousand. */
const PASSPORT_BYTES_MAX = 16 * 1024;
const MEDIA_JSON_BYTES_MAX = 256 * 1024;

/**
 * The drive's table, its volumes, and what we built on it.
 *
 * Shape: a file system on the drive itself counts before a table, whose place its boot program may take; a disc image
 *        that is made to be both is shown as the disc that it is.
 */
export async function lookAtDrive(read: ReadBytes, drive: DriveGeometry): Promise<Seen> {
  const whole = { number: 0, offsetBytes: 0, sizeBytes: drive.sizeBytes };
  const itself = await seeVolume(read, whole);
  const { table, partitions } =
    itself.kind === "unknown" || itself.kind === "iso9660"
      ? await findPartitions(read, drive)
      : { table: "none" as const, partitions: [] };
  const isTable = itself.kind === "unknown" && table !== "none";
  const volumes = isTable ? await seeAll(read, partitions) : [itself];
  const passport = isTable
    ? await findPassport(read, partitions)
    : await findUnsealed(read, itself);
  return { kind: "seen", table, volumes, passport };
}

async function seeAll(read: ReadBytes, partitions: readonly Partition[]) {
  const volumes: SeenVolume[] = [];
  for (const partition of partitions) volumes.push(await seeVolume(read, partition));
  return volumes;
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

async function findPassport(
  read: ReadBytes,
  partitions: readonly Partition[],
): Promise<SeenPassport | null> {
  for (const { offsetBytes } of partitions) {
    const found = await readPassport(read, offsetBytes);
    if (found !== null) return { ...found, isSealed: true };
  }
  return null;
}

/** Until a stick is sealed its first MiB is zero; its file system lies behind that all the same. */
async function findUnsealed(read: ReadBytes, itself: SeenVolume): Promise<SeenPassport | null> {
  if (itself.kind !== "blank") return null;
  const found = await readPassport(read, PARTITION_OFFSET_BYTES);
  return found === null ? null : { ...found, isSealed: false };
}

async function readPassport(read: ReadBytes, offsetBytes: number) {
  const volume = await openFat32(read, offsetBytes);
  const passport = await volume?.readFile(PASSPORT_PATH, PASSPORT_BYTES_MAX);
  if (volume === null || passport?.ok !== true || passport.value === null) return null;
  const media = await volume.readFile(MEDIA_JSON_PATH, MEDIA_JSON_BYTES_MAX);
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return parsePassport({
    passport: decode(passport.value),
    mediaJson: media.ok && media.value !== null ? decode(media.value) : null,
  });
}

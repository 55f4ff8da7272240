/**
 * A glance at what a drive holds. It may hold anything, made by anyone: places and sizes that it names are checked against
 * its own before they are used, every list has an end, and nothing is mounted.
 */
import type { DriveContents, SeenPassport } from "../drive/contents.ts";
import type { DriveGeometry } from "../layout/extent.ts";
import { PARTITION_OFFSET_BYTES } from "../layout/partition-table.ts";
import type { ReadBytes } from "../layout/read-bytes.ts";
import { openFat32 } from "../layout/read-fat32.ts";
import { MEDIA_JSON_PATH, PASSPORT_PATH } from "../media/stick-path.ts";
import { findRecord } from "./find-record.ts";
import { parsePassport } from "./parse-passport.ts";
import { type SeenVolumes, seeVolumes } from "./see-volumes.ts";

type Seen = Extract<DriveContents, { kind: "seen" }>;

/** A passport has 500 bytes, the plain settings a few thousand. */
const PASSPORT_BYTES_MAX = 16 * 1024;
const MEDIA_JSON_BYTES_MAX = 256 * 1024;

/**
 * The drive's table, its volumes, and what we built on it.
 *
 * Shape: a passport means that what can be seen is ours: one beside a volume that we did not make does not count.
 */
export async function lookAtDrive(read: ReadBytes, drive: DriveGeometry): Promise<Seen> {
  const seen = await seeVolumes(read, drive);
  const { table, volumes } = seen;
  const passport = (await findRecord(read, drive, seen)) ?? (await findPassport(read, seen));
  return { kind: "seen", table, volumes, passport };
}

async function findPassport(read: ReadBytes, seen: SeenVolumes): Promise<SeenPassport | null> {
  const { volumes, partitions } = seen;
  // Until a stick is sealed it begins as a blank one does; its file system lies behind its first MiB all the same.
  if (partitions.length === 0)
    return volumes[0]?.kind === "blank" ? readPassport(read, PARTITION_OFFSET_BYTES, false) : null;
  for (const [index, { offsetBytes }] of partitions.entries()) {
    if (!isAlone(seen, index)) continue;
    const found = await readPassport(read, offsetBytes, true);
    if (found !== null) return found;
  }
  return null;
}

/** The boot code of a GPT stick has a partition of its own, before that of the files. */
function isAlone({ volumes, partitions }: SeenVolumes, own: number): boolean {
  return partitions.every(({ offsetBytes, sizeBytes }, index) => {
    const kind = volumes[index]?.kind;
    const isBootCode = kind === "unknown" && offsetBytes + sizeBytes <= PARTITION_OFFSET_BYTES;
    return index === own || kind === "blank" || isBootCode;
  });
}

async function readPassport(
  read: ReadBytes,
  offsetBytes: number,
  isSealed: boolean,
): Promise<SeenPassport | null> {
  const volume = await openFat32(read, offsetBytes);
  const passport = await volume?.readFile(PASSPORT_PATH, PASSPORT_BYTES_MAX);
  if (volume === null || passport?.ok !== true || passport.value === null) return null;
  const media = await volume.readFile(MEDIA_JSON_PATH, MEDIA_JSON_BYTES_MAX);
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const found = parsePassport({
    passport: decode(passport.value),
    media: media.ok && media.value !== null ? decode(media.value) : null,
  });
  return found === null ? null : { ...found, isSealed };
}

import { renderCanonicalJson } from "../canonical-json.ts";
import { crc32 } from "../layout/crc32.ts";
import type { DriveGeometry } from "../layout/extent.ts";
import type { ReadBytes } from "../layout/read-bytes.ts";
import { type SeenVolumes, seeVolumes } from "./see-volumes.ts";

/** Boot program, disk signature, partitions of an MBR; the boot sector of a volume without a table. */
const HEAD_BYTES = 512;
/** Source: UEFI 2.10 section 5.3.2. */
const DISK_GUID = { at: 56, bytes: 16 };

/**
 * What a glance will see of an image once it is on a drive: kept in the record behind it, by which a later glance tells
 * whether that is still what lies before the record, or something that somebody else has made of the stick since.
 *
 * Shape: one line, the same for the same image on a drive of the same size. It changes when the table, the first sector or
 *        the kind, size or label of a volume does; not when files in a volume do.
 */
export async function describeImage(read: ReadBytes, drive: DriveGeometry): Promise<string> {
  return describeSeen(read, drive, await seeVolumes(read, drive));
}

export async function describeSeen(
  read: ReadBytes,
  { logicalBlockBytes }: DriveGeometry,
  { table, volumes }: SeenVolumes,
): Promise<string> {
  const head = await read(0, HEAD_BYTES);
  // The MBR before a GPT says nothing but that there is one.
  const guid =
    table === "gpt"
      ? await read(logicalBlockBytes + DISK_GUID.at, DISK_GUID.bytes)
      : new Uint8Array();
  const headCrc32 = crc32(Uint8Array.of(...head, ...guid));
  return renderCanonicalJson({ headCrc32, table, volumes });
}

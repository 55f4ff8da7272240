import type { ReadBytes } from "../layout/read-bytes.ts";
import { holdsAt, textAt } from "./volume-bytes.ts";
import type { VolumeIdentity } from "./volume-identity.ts";

const BTRFS_AT = 64 * 1024;
const SECTOR_BYTES = 2048;
const DISC_AT = 16 * SECTOR_BYTES;
/** Descriptors of a disc that say which kind it is: ISO 9660 has a few, and UDF's lie behind them. */
const DISC_SECTORS = 8;

/**
 * Volumes whose marks lie far behind their start, so that something else may begin there too.
 *
 * Source: btrfs on-disk format; ECMA-119 8.4; ECMA-167 2/9.1, UDF 2.60 section 2.
 */
export async function identifyFar(read: ReadBytes): Promise<VolumeIdentity | null> {
  const disc = await read(DISC_AT, DISC_SECTORS * SECTOR_BYTES);
  const marks = Array.from({ length: DISC_SECTORS }, (_, sector) =>
    textAt(disc, sector * SECTOR_BYTES + 1, { lengthBytes: 5 }),
  );
  // An image for both kinds of readers has both; the older one has the label at a fixed place.
  if (marks[0] === "CD001")
    return { kind: "iso9660", label: textAt(disc, 40, { lengthBytes: 32 }) };
  if (marks.includes("NSR02") || marks.includes("NSR03")) return { kind: "udf", label: "" };
  const super1 = await read(BTRFS_AT, 1024);
  if (!holdsAt(super1, 64, "_BHRfS_M")) return null;
  return { kind: "btrfs", label: textAt(super1, 299, { lengthBytes: 256 }) };
}

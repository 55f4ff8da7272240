import { parseBytes } from "../bytes.ts";
import { VOLUME_SIZES, type VolumeSize } from "../media/definition.ts";
import { fail, ok, type Result } from "../result.ts";

/**
 * Room on one disc: decimal megabytes and gigabytes, as printed on discs. Each is a little less than the disc of that name
 * holds: 681,984,000 on a CD of 74 minutes, 4,700,372,992 on a DVD, 8,543,666,176 on one of two layers.
 *
 * Source: ECMA-130; ECMA-267 for the DVDs, in sectors of 2048 bytes.
 */
const BYTES: Readonly<Record<VolumeSize, number | null>> = {
  "650MB": 650_000_000,
  "4GB": 4_000_000_000,
  "8GB": 8_000_000_000,
  unlimited: null,
};

/** Smaller ones hold nothing that starts a computer. */
const BYTES_MIN = 1_000_000;

/** Bytes; `null` = as large as it gets. */
export function volumeBytesOf(size: VolumeSize): number | null {
  return BYTES[size];
}

/** As a definition names it, or any size. Problems: usage. */
export function parseVolumeSize(text: string): Result<number | null> {
  const known = VOLUME_SIZES.find((size) => size === text);
  if (known !== undefined) return ok(BYTES[known]);
  const bytes = parseBytes(text);
  if (bytes.ok && bytes.value >= BYTES_MIN) return bytes;
  return fail({
    code: "usage",
    detail: `Cannot use the volume size "${text}": it must be ${VOLUME_SIZES.join(", ")}, or a size from 1MB`,
  });
}

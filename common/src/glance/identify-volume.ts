import { BLANK_BYTES } from "../layout/extent.ts";
import type { ReadBytes } from "../layout/read-bytes.ts";
import { cleanLabel } from "./clean-label.ts";
import { identifyFar } from "./identify-far.ts";
import { identifyFat } from "./identify-fat.ts";
import { exfatLabel, ntfsLabel } from "./read-label.ts";
import { type Head, SIGNATURES } from "./signatures.ts";
import { holdsAt } from "./volume-bytes.ts";
import type { VolumeIdentity } from "./volume-identity.ts";

const HEAD_BYTES = 8192;

/**
 * What a volume is, by the marks that its makers left at fixed places. Members of RAID, LVM and encryption come first:
 * what seems to lie in them is not theirs to show.
 *
 * Shape: a dozen reads of at most 16 KiB, whatever the volume says of itself.
 */
export async function identifyVolume(read: ReadBytes, sizeBytes: number): Promise<VolumeIdentity> {
  const head: Head = { read, sizeBytes, bytes: await read(0, HEAD_BYTES) };
  for (const { kind, matches, label } of SIGNATURES) {
    if (await matches(head)) return { kind, label: cleanLabel(label?.(head.bytes) ?? "") };
  }
  const found = (await identifyBootSector(head)) ?? (await identifyFar(read));
  if (found !== null) return { ...found, label: cleanLabel(found.label) };
  const beginning = head.bytes.subarray(0, BLANK_BYTES);
  return { kind: beginning.every((byte) => byte === 0) ? "blank" : "unknown", label: "" };
}

/** What Windows formats says so in its first sector. */
async function identifyBootSector({ read, bytes }: Head): Promise<VolumeIdentity | null> {
  if (holdsAt(bytes, 3, "-FVE-FS-")) return { kind: "bitlocker", label: "" };
  if (holdsAt(bytes, 3, "ReFS\0\0\0\0")) return { kind: "refs", label: "" };
  if (holdsAt(bytes, 3, "NTFS    ")) return { kind: "ntfs", label: await ntfsLabel(read, bytes) };
  if (holdsAt(bytes, 3, "EXFAT   ")) return { kind: "exfat", label: await exfatLabel(read, bytes) };
  return identifyFat(read, bytes);
}

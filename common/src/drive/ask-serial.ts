/**
 * The refusals that a typed serial overrides: a drive that is larger than sticks are, and one that holds what nobody keeps
 * on a stick to carry files. A yes is typed for many sticks at once; a serial is read off the one that is meant.
 */
import type { Ask } from "./ask.ts";
import type { DriveContents, VolumeKind } from "./contents.ts";
import { describeContents } from "./describe-contents.ts";
import type { Drive, DriveConsent } from "./drive.ts";

type Labeled = Pick<Drive, "bay" | "serial">;

/**
 * What is found on sticks that carry files or boot a computer, and on those that carry nothing. A FAT that lies on the same
 * drive does not make a disk with another file system one of these.
 */
const PLAIN_KINDS: ReadonlySet<VolumeKind> = new Set<VolumeKind>([
  "blank",
  "fat12",
  "fat16",
  "fat32",
  "exfat",
  "iso9660",
  "udf",
]);

/** Whether a drive holds what a yes alone does not erase. What nobody could see is not foreign: a dead stick fails as one. */
export function isForeign(contents: DriveContents): boolean {
  if (contents.kind !== "seen" || contents.passport !== null) return false;
  return contents.volumes.some(({ kind }) => !PLAIN_KINDS.has(kind));
}

/** Problems: drive_foreign_content, naming what the drive holds; `null` when a yes will do. */
export function askForContents(contents: DriveContents, { bay, serial }: Labeled): Ask | null {
  if (!isForeign(contents)) return null;
  const detail = `Cannot erase the drive "${serial}" in bay "${bay}" by a yes alone: it holds "${describeContents(contents)}", must be blank, FAT, exFAT, a disc image or a stick of ours`;
  return { code: "drive_foreign_content", detail };
}

/** A drive with what was seen on it, and what is asked for that. */
export function withContents(drive: Drive, contents: DriveContents): Drive {
  const ask = askForContents(contents, drive);
  return { ...drive, contents, asks: ask === null ? drive.asks : [...drive.asks, ask] };
}

/** What is typed for a drive: its serial, or its bay where it shows none. */
export function nameToType({ bay, serial }: Labeled): string {
  return serial === "" ? bay : serial;
}

/** The first that speaks against erasing this drive and that its consent does not answer. */
export function findUnanswered(
  asks: readonly Ask[],
  { overrides }: Pick<DriveConsent, "overrides">,
): Ask | null {
  return asks.find(({ code }) => !overrides.includes(code)) ?? null;
}

import { renderBytes } from "../bytes.ts";
import { alignUp } from "../layout/align.ts";
import type { TreeFile } from "../media/manifest.ts";
import type { Problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";

/**
 * Which file lies on which disc of a set.
 *
 * The first disc starts the computer, so what it takes for that is there; some files are on every disc; the others go, in
 * the order of their paths, to the first disc that has room. How large an image becomes is known only when it was made,
 * so each entry is charged with more than it can take: a directory record with Rock Ridge, at most 254 bytes and as many
 * in a continuation area, one of Joliet with at most 240, and what a sector loses at its end.
 *
 * Source: ECMA-119 9.1; SUSP 1.12; the charges were held against images of xorriso 1.5.4.
 */
export type DiscFile = TreeFile & { readonly where: "first" | "every" | "anywhere" };

export type Volume = {
  /** Sorted by path. */
  readonly files: readonly TreeFile[];
  readonly emptyDirectories: readonly string[];
  /** The image has at most so many bytes. */
  readonly chargedBytes: number;
};

export type VolumePlan = {
  readonly files: readonly DiscFile[];
  /** On the first. */
  readonly emptyDirectories: readonly string[];
  /** Room on one disc, bytes; `null`: one disc holds everything. */
  readonly volumeBytes: number | null;
  /** Boot images that lie on the first beside its files, bytes. */
  readonly bootBytes: number;
  /** Files of ours that each disc carries beside the planned ones, bytes. */
  readonly stampBytes: number;
};

const SECTOR_BYTES = 2048;
const ENTRY_BYTES = 1024;
/** A sector in each of the two trees, an entry in the parent, four path tables. */
const DIRECTORY_BYTES = 2 * SECTOR_BYTES + ENTRY_BYTES + 1024;
/** Descriptors, partition tables, the 300 KiB of zeros that drives read ahead into, folders and entries of ours. */
const FIXED_BYTES = 1024 * 1024;
/** What a file adds to the list of files on its disc, beside its path. */
const LISTED_BYTES = 160;

/**
 * Problems: volume_too_small, naming the first file that fits on no disc, or what the first disc must hold.
 */
export function planVolumes(plan: VolumePlan): Result<readonly Volume[]> {
  const { volumeBytes, bootBytes, stampBytes } = plan;
  const roomBytes = volumeBytes ?? Number.POSITIVE_INFINITY;
  const everywhere = plan.files.filter(({ where }) => where === "every");
  const open = (extraBytes: number): OpenVolume => {
    const volume = openVolume(FIXED_BYTES + stampBytes + extraBytes);
    for (const file of everywhere) put(volume, file);
    return volume;
  };
  const first = open(bootBytes);
  for (const path of plan.emptyDirectories) putDirectory(first, path);
  for (const file of plan.files) if (file.where === "first") put(first, file);
  if (first.bytes > roomBytes) return fail(firstTooSmall(first.bytes, roomBytes));
  const volumes = [first];
  for (const file of plan.files) {
    if (file.where !== "anywhere") continue;
    const fitting = volumes.find((volume) => volume.bytes + cost(volume, file) <= roomBytes);
    const volume = fitting ?? open(0);
    put(volume, file);
    if (volume.bytes > roomBytes) return fail(fileTooLarge(file, roomBytes));
    if (fitting === undefined) volumes.push(volume);
  }
  return ok(volumes.map((volume, index) => close(volume, index === 0 ? plan : null)));
}

type OpenVolume = { bytes: number; readonly files: TreeFile[]; readonly directories: Set<string> };

function openVolume(bytes: number): OpenVolume {
  return { bytes, files: [], directories: new Set() };
}

function close(
  { files, bytes }: OpenVolume,
  first: { readonly emptyDirectories: readonly string[] } | null,
): Volume {
  return {
    files: files.sort((one, other) => (one.path < other.path ? -1 : 1)),
    emptyDirectories: first?.emptyDirectories ?? [],
    chargedBytes: bytes,
  };
}

function put(volume: OpenVolume, file: DiscFile): void {
  volume.bytes += cost(volume, file);
  for (const folder of foldersOf(file.path)) volume.directories.add(folder);
  const { where: _, ...treeFile } = file;
  volume.files.push(treeFile);
}

function putDirectory(volume: OpenVolume, path: string): void {
  for (const folder of [...foldersOf(path), path]) {
    if (!volume.directories.has(folder)) volume.bytes += DIRECTORY_BYTES;
    volume.directories.add(folder);
  }
}

function cost({ directories }: OpenVolume, { path, blob }: DiscFile): number {
  const folders = foldersOf(path).filter((folder) => !directories.has(folder));
  const listedBytes = LISTED_BYTES + new TextEncoder().encode(path).length;
  const dataBytes = alignUp(blob.sizeBytes, SECTOR_BYTES);
  return dataBytes + ENTRY_BYTES + listedBytes + folders.length * DIRECTORY_BYTES;
}

/** "a/b/c" → "a", "a/b". */
function foldersOf(path: string): readonly string[] {
  const names = path.split("/").slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join("/"));
}

function firstTooSmall(neededBytes: number, roomBytes: number): Problem {
  const detail = `Cannot make discs of ${size(roomBytes)}: what starts a computer must fit on the first and has ${size(neededBytes)}`;
  return { code: "volume_too_small", detail };
}

function fileTooLarge({ path, blob }: DiscFile, roomBytes: number): Problem {
  const detail = `Cannot put ${JSON.stringify(path)} on a disc of ${size(roomBytes)}: it has ${size(blob.sizeBytes)}, it must fit on one beside what every disc carries`;
  return { code: "volume_too_small", detail };
}

function size(bytes: number): string {
  return `${bytes} bytes (${renderBytes(bytes)})`;
}

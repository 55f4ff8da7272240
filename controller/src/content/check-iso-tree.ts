import { type FileHandle, open } from "node:fs/promises";
import { MIB } from "@stickfarm/common/bytes";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import type { IsoExtent, IsoHead } from "./read-iso-head.ts";

/** What the files of an image will take when they are laid out. */
export type IsoSum = { readonly contentBytes: number };

const SECTOR_BYTES = 2048;
/** Of more than this nothing is a stick's content; the same bound holds for folders. */
const RECORDS_MAX = 500_000;
const DIRECTORY_BYTES_MAX = 64 * MIB;
/** Source: ECMA-119, 6.8.2.1 allows eight levels, Rock Ridge and Joliet more; paths end long before this. */
const DEPTH_MAX = 128;

/**
 * Follow every directory record of an image before a program is let loose on it: xorriso believes a directory that
 * contains itself, and does not end.
 *
 * Problems: archive_unreadable, naming the record that lies; path_missing, path_unreadable.
 */
export async function checkIsoTree(isoPath: string, head: IsoHead): Promise<Result<IsoSum>> {
  const doing = `Cannot read the ISO image "${isoPath}"`;
  try {
    const file = await open(isoPath, "r");
    try {
      const { size } = await file.stat();
      let contentBytes = 0;
      for (const root of head.roots) {
        const walk = { file, imageBytes: size, records: 0, contentBytes: 0 };
        const lie = await walkDirectory(walk, { path: "/", extent: root, around: [] });
        if (lie !== null) return fail({ code: "archive_unreadable", detail: `${doing}: ${lie}` });
        contentBytes = Math.max(contentBytes, walk.contentBytes);
      }
      return ok({ contentBytes });
    } finally {
      await file.close();
    }
  } catch (error) {
    return fail(fileProblem(doing, error));
  }
}

type Walk = {
  readonly file: FileHandle;
  readonly imageBytes: number;
  records: number;
  contentBytes: number;
};

type Directory = {
  readonly path: string;
  readonly extent: IsoExtent;
  /** Where the directories around it begin. */
  readonly around: readonly number[];
};

/** What is wrong, or `null`. */
async function walkDirectory(walk: Walk, directory: Directory): Promise<string | null> {
  const { path, extent, around } = directory;
  const named = JSON.stringify(path);
  const outside = whyOutside(walk, named, extent);
  if (outside !== null) return outside;
  if (around.includes(extent.offsetBytes)) return `the directory ${named} contains itself`;
  if (around.length > DEPTH_MAX)
    return `the directory ${named} lies deeper than ${DEPTH_MAX} levels`;
  if (extent.lengthBytes > DIRECTORY_BYTES_MAX)
    return `the directory ${named} has ${extent.lengthBytes} bytes, at most ${DIRECTORY_BYTES_MAX} are possible`;
  const bytes = Buffer.alloc(extent.lengthBytes);
  await walk.file.read(bytes, 0, bytes.length, extent.offsetBytes);
  for (const record of splitRecords(bytes)) {
    if (record === null)
      return `a record of the directory ${named} has a length that is not possible`;
    walk.records += 1;
    if (walk.records > RECORDS_MAX) return `it has more than ${RECORDS_MAX} directory records`;
    const lie = await walkRecord(walk, directory, record);
    if (lie !== null) return lie;
  }
  return null;
}

async function walkRecord(
  walk: Walk,
  { path, extent: parent, around }: Directory,
  record: Buffer,
): Promise<string | null> {
  const name = record.subarray(33, 33 + (record[32] ?? 0));
  // The directory itself, and the one around it.
  if (name.length === 1 && (name[0] ?? 0) <= 1) return null;
  const extent = {
    offsetBytes: record.readUInt32LE(2) * SECTOR_BYTES,
    lengthBytes: record.readUInt32LE(10),
  };
  const inner = `${path === "/" ? "" : path}/${name.toString("latin1").replaceAll("\0", "")}`;
  const isDirectory = ((record[25] ?? 0) & 2) !== 0;
  if (isDirectory)
    return walkDirectory(walk, { path: inner, extent, around: [...around, parent.offsetBytes] });
  walk.contentBytes += extent.lengthBytes;
  return whyOutside(walk, JSON.stringify(inner), extent);
}

/** What has no bytes may claim to begin anywhere: tools differ. */
function whyOutside({ imageBytes }: Walk, named: string, extent: IsoExtent): string | null {
  const { offsetBytes, lengthBytes } = extent;
  if (lengthBytes === 0 || offsetBytes + lengthBytes <= imageBytes) return null;
  return `${named} has ${lengthBytes} bytes from ${offsetBytes} on, but the image ends at ${imageBytes}`;
}

/** `null` for a record that cannot be one; nothing follows it. Records do not cross sectors: the rest of one is zero. */
function* splitRecords(bytes: Buffer): Generator<Buffer | null> {
  let at = 0;
  while (at < bytes.length) {
    const length = bytes[at] ?? 0;
    const sectorEnd = (Math.floor(at / SECTOR_BYTES) + 1) * SECTOR_BYTES;
    if (length === 0) {
      at = sectorEnd;
      continue;
    }
    const record = bytes.subarray(at, at + length);
    const isPossible =
      length >= 34 && at + length <= sectorEnd && 33 + (record[32] ?? 0) <= record.length;
    if (!isPossible) {
      yield null;
      return;
    }
    yield record;
    at += length;
  }
}

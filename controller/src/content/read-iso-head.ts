import { open } from "node:fs/promises";
import { renderBytes } from "@stickfarm/common/bytes";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { fileProblem } from "@stickfarm/common/rim/file-problem";

export type IsoHead = {
  /** What the file must hold at least, bytes. */
  readonly volumeBytes: number;
  /** It has a UDF file system too, as Windows' images do; their ISO part holds nothing but a note. */
  readonly hasUdf: boolean;
  /** The volume's name, without the spaces that fill it up. */
  readonly volumeId: string;
  /** Root directories: of the plain names, and of the long ones of Joliet. */
  readonly roots: readonly IsoExtent[];
};

/** Where something lies in the image. */
export type IsoExtent = { readonly offsetBytes: number; readonly lengthBytes: number };

const SECTOR_BYTES = 2048;
/** The descriptors begin here; real images have fewer than ten. Source: ECMA-119, 6.2.1 and 8. */
const FIRST_SECTOR = 16;
const SECTORS_MAX = 64;
const SET_END = 255;

/**
 * Read what an ISO image says about itself. A download that broke off is found here: xorriso takes a file that ends
 * before its first descriptor for a blank disc, and reads nothing out of it without a word.
 *
 * Problems: archive_unreadable, path_missing, path_unreadable.
 */
export async function readIsoHead(path: string): Promise<Result<IsoHead>> {
  const doing = `Cannot read the ISO image "${path}"`;
  try {
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      const sectors = Buffer.alloc(SECTORS_MAX * SECTOR_BYTES);
      await file.read(sectors, 0, sectors.length, FIRST_SECTOR * SECTOR_BYTES);
      return parseIsoHead(doing, sectors, size);
    } finally {
      await file.close();
    }
  } catch (error) {
    return fail(fileProblem(doing, error));
  }
}

function parseIsoHead(doing: string, sectors: Buffer, fileBytes: number): Result<IsoHead> {
  const refuse = (why: string): Result<never> =>
    fail({ code: "archive_unreadable", detail: `${doing}: ${why}` });
  const names = Array.from({ length: SECTORS_MAX }, (_, index) =>
    sectors.toString("latin1", index * SECTOR_BYTES + 1, index * SECTOR_BYTES + 6),
  );
  const hasUdf = names.some((name) => /^NSR0[23]$/.test(name));
  const primary = names.findIndex(
    (name, index) => name === "CD001" && sectors[index * SECTOR_BYTES] === 1,
  );
  if (primary === -1) return refuse(hasUdf ? "it is UDF only" : "it holds no ISO 9660 file system");
  // Source: ECMA-119, 8.4.8 and 8.4.13.
  const at = primary * SECTOR_BYTES;
  const blockBytes = sectors.readUInt16LE(at + 128);
  if (blockBytes !== SECTOR_BYTES)
    return refuse(`its blocks have ${blockBytes} bytes, must have ${SECTOR_BYTES}`);
  const volumeBytes = sectors.readUInt32LE(at + 80) * blockBytes;
  if (fileBytes < volumeBytes)
    return refuse(
      `it has ${fileBytes} bytes (${renderBytes(fileBytes)}), must have ${volumeBytes}: it was cut short`,
    );
  // Source: ECMA-119, 8.4.7; names beyond ASCII are in UTF-8 where they are at all.
  const volumeId = sectors.toString("utf8", at + 40, at + 72).replace(/[\0 ]+$/, "");
  const isTree = (name: string, index: number) =>
    name === "CD001" && [1, 2].includes(sectors[index * SECTOR_BYTES] ?? 0);
  // What follows the set's end is none of it: hybrid images have a second set there, for their first partition, whose
  // addresses count from that partition's start. Source: ECMA-119, 8.3; xorriso(1), partition_offset.
  const end = names.findIndex(
    (name, index) => name === "CD001" && sectors[index * SECTOR_BYTES] === SET_END,
  );
  const roots = names
    .slice(0, end === -1 ? names.length : end)
    .flatMap((name, index) =>
      isTree(name, index) ? [readRoot(sectors, index * SECTOR_BYTES)] : [],
    );
  return ok({ volumeBytes, hasUdf, volumeId, roots });
}

/** Source: ECMA-119, 8.4.18 and 9.1. */
function readRoot(sectors: Buffer, at: number): IsoExtent {
  const record = at + 156;
  return {
    offsetBytes: sectors.readUInt32LE(record + 2) * SECTOR_BYTES,
    lengthBytes: sectors.readUInt32LE(record + 10),
  };
}

/** For tests: an ISO image whose directory records can be made to lie. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const SECTOR_BYTES = 2048;
const PRIMARY_AT = 16 * SECTOR_BYTES;

/** One directory record of an image, and where it lies. Source: ECMA-119, 9.1. */
export type IsoRecord = {
  readonly name: string;
  readonly setExtent: (sector: number) => void;
  readonly setBytes: (sizeBytes: number) => void;
  /** Of the record itself. */
  readonly setLength: (length: number) => void;
};

export type LyingIso = {
  readonly rootSector: number;
  readonly rootBytes: number;
  /** By the name that ISO 9660 gives: upper case, with version. */
  readonly record: (name: string) => IsoRecord;
  /** Of the same length, wherever it is. */
  readonly rename: (from: string, to: string) => void;
};

/** An image of a folder, with Rock Ridge. */
export function makeIsoImage(isoPath: string, tree: string): void {
  const options = ["-as", "mkisofs", "-quiet", "-R", "-o", isoPath, tree];
  execFileSync("xorriso", options, { stdio: "pipe" });
}

/** Change an image in place. */
export function lieInIso(isoPath: string, lie: (iso: LyingIso) => void): void {
  const image = readFileSync(isoPath);
  const rootSector = image.readUInt32LE(PRIMARY_AT + 156 + 2);
  const rootBytes = image.readUInt32LE(PRIMARY_AT + 156 + 10);
  const records = listRecords(image, { sector: rootSector, sizeBytes: rootBytes });
  lie({
    rootSector,
    rootBytes,
    record: (name) => {
      const found = records.find((record) => record.name === name);
      if (found === undefined)
        throw new Error(`no "${name}" among ${records.map((one) => one.name).join(", ")}`);
      return found;
    },
    rename: (from, to) => {
      const at = image.indexOf(from);
      if (at === -1 || from.length !== to.length) throw new Error(`cannot call "${from}" "${to}"`);
      image.write(to, at, "latin1");
    },
  });
  writeFileSync(isoPath, image);
}

type Directory = { readonly sector: number; readonly sizeBytes: number };

function listRecords(image: Buffer, { sector, sizeBytes }: Directory): readonly IsoRecord[] {
  const records: IsoRecord[] = [];
  const end = sector * SECTOR_BYTES + sizeBytes;
  let at = sector * SECTOR_BYTES;
  while (at < end) {
    const length = image[at] ?? 0;
    if (length === 0) {
      at = (Math.floor(at / SECTOR_BYTES) + 1) * SECTOR_BYTES;
      continue;
    }
    const record = recordAt(image, at);
    // The first two are the directory itself and the one around it.
    if (record.name !== "\0" && record.name !== "\u0001") {
      records.push(record);
      const isDirectory = ((image[at + 25] ?? 0) & 2) !== 0;
      const inner = { sector: image.readUInt32LE(at + 2), sizeBytes: image.readUInt32LE(at + 10) };
      if (isDirectory) records.push(...listRecords(image, inner));
    }
    at += length;
  }
  return records;
}

function recordAt(image: Buffer, at: number): IsoRecord {
  const write = (offset: number, value: number) => {
    image.writeUInt32LE(value, at + offset);
    image.writeUInt32BE(value, at + offset + 4);
  };
  return {
    name: image.toString("latin1", at + 33, at + 33 + (image[at + 32] ?? 0)),
    setExtent: (sector) => write(2, sector),
    setBytes: (sizeBytes) => write(10, sizeBytes),
    setLength: (length) => {
      image[at] = length;
    },
  };
}

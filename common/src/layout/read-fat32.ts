import { fail, ok, type Result } from "../result.ts";
import { foldName } from "./fat-name.ts";
import { type FoundEntry, parseDirectory } from "./parse-directory.ts";
import type { ReadBytes } from "./read-bytes.ts";

/**
 * FAT32 read as a stranger's: every number of it is checked before it is used, every chain of clusters has an end that
 * follows from what it may hold, and no read is larger than what the caller asked for.
 *
 * Source: fatgen103.
 */
export type FatVolume = {
  /**
   * The bytes of a file, or `null` when there is none. Names are separated by "/" and differ by more than case.
   *
   * Problems: stick_damaged.
   */
  readonly readFile: (path: string, bytesMax: number) => Promise<Result<Uint8Array | null>>;
  /**
   * Every file, in no order.
   *
   * Problems: stick_damaged.
   */
  readonly listFiles: () => Promise<Result<readonly FatFile[]>>;
  /** A file of the list, part by part; ends after a problem (stick_damaged). */
  readonly readParts: (file: FatFile) => AsyncIterable<Result<Uint8Array>>;
};

export type FatFile = {
  /** Relative, separated by "/". */
  readonly path: string;
  readonly sizeBytes: number;
  readonly firstCluster: number;
};

/** Names of one directory, by Windows and by the firmware. Source: fatgen103, "65536 entries". */
const DIRECTORY_BYTES_MAX = 2 * 1024 * 1024;
const DEPTH_MAX = 8;
/** No stick of ours has as many; what is made to go on for ever ends here. */
const LISTED_MAX = 1_000_000;
const END_OF_CHAIN = 0x0ffffff8;
const BAD_CLUSTER = 0x0ffffff7;
const CLUSTER_BITS = 0x0fffffff;
/** FAT entries are read by so many bytes at a time. */
const PAGE_BYTES = 4096;

/** `null` when no FAT32 volume begins there. */
export async function openFat32(read: ReadBytes, offsetBytes: number): Promise<FatVolume | null> {
  const geometry = parseBootSector(await read(offsetBytes, 512));
  if (geometry === null) return null;
  const volume = { ...geometry, read: shifted(read, offsetBytes) };
  return {
    readFile: (path, bytesMax) => readPath(volume, path.split("/"), bytesMax),
    listFiles: () => listFiles(volume),
    readParts: (file) => readParts(volume, file),
  };
}

type Geometry = {
  readonly clusterBytes: number;
  readonly fatAt: number;
  readonly dataAt: number;
  readonly clusterCount: number;
  readonly rootCluster: number;
};

type Volume = Geometry & { readonly read: ReadBytes };

function parseBootSector(sector: Uint8Array): Geometry | null {
  if (sector.length < 512 || sector[510] !== 0x55 || sector[511] !== 0xaa) return null;
  const view = new DataView(sector.buffer, sector.byteOffset, sector.byteLength);
  const sectorBytes = view.getUint16(11, true);
  const clusterSectors = view.getUint8(13);
  const reservedSectors = view.getUint16(14, true);
  const fatCount = view.getUint8(16);
  const isFat32 = view.getUint16(17, true) === 0 && view.getUint16(22, true) === 0;
  const totalSectors = view.getUint32(32, true);
  const fatSectors = view.getUint32(36, true);
  const rootCluster = view.getUint32(44, true) & CLUSTER_BITS;
  const dataSector = reservedSectors + fatCount * fatSectors;
  if (!isFat32 || ![512, 1024, 2048, 4096].includes(sectorBytes)) return null;
  if (!isPowerOfTwo(clusterSectors) || reservedSectors === 0 || fatCount === 0) return null;
  if (fatSectors === 0 || dataSector >= totalSectors) return null;
  const clusterCount = Math.floor((totalSectors - dataSector) / clusterSectors);
  if (clusterCount === 0 || clusterCount + 2 > BAD_CLUSTER) return null;
  return {
    clusterBytes: clusterSectors * sectorBytes,
    fatAt: reservedSectors * sectorBytes,
    dataAt: dataSector * sectorBytes,
    clusterCount: Math.min(clusterCount, (fatSectors * sectorBytes) / 4 - 2),
    rootCluster,
  };
}

async function readPath(
  volume: Volume,
  names: readonly string[],
  bytesMax: number,
): Promise<Result<Uint8Array | null>> {
  let cluster = volume.rootCluster;
  for (const [index, name] of names.slice(0, DEPTH_MAX).entries()) {
    const directory = await readChain(volume, cluster, DIRECTORY_BYTES_MAX);
    if (!directory.ok) return directory;
    const entry = parseDirectory(directory.value).find(
      (one) => foldName(one.name) === foldName(name),
    );
    const isLast = index === names.length - 1;
    if (entry === undefined || entry.isDirectory === isLast) return ok(null);
    if (isLast) return readEntry(volume, entry, bytesMax);
    cluster = entry.firstCluster;
  }
  return ok(null);
}

async function listFiles(volume: Volume): Promise<Result<readonly FatFile[]>> {
  const files: FatFile[] = [];
  const folders = [{ path: "", cluster: volume.rootCluster }];
  // One that lies within itself would have no end.
  const seen = new Set<number>();
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    if (seen.has(folder.cluster)) return damaged(`the folder "${folder.path}" is in two places`);
    seen.add(folder.cluster);
    const directory = await readChain(volume, folder.cluster, DIRECTORY_BYTES_MAX);
    if (!directory.ok) return directory;
    for (const { name, isDirectory, firstCluster, sizeBytes } of parseDirectory(directory.value)) {
      const path = folder.path === "" ? name : `${folder.path}/${name}`;
      if (isDirectory) folders.push({ path, cluster: firstCluster });
      else files.push({ path, sizeBytes, firstCluster });
    }
    if (files.length + folders.length > LISTED_MAX) return damaged("it lists files without end");
  }
  return ok(files);
}

async function* readParts(
  volume: Volume,
  { path, sizeBytes, firstCluster }: FatFile,
): AsyncGenerator<Result<Uint8Array>> {
  let leftBytes = sizeBytes;
  const countMax = Math.ceil(sizeBytes / volume.clusterBytes);
  const clusters = await listClusters(volume, firstCluster, countMax);
  if (!clusters.ok) return yield clusters;
  for (const { start, count } of runsOf(clusters.value)) {
    const lengthBytes = Math.min(leftBytes, count * volume.clusterBytes);
    const part = await volume.read(volume.dataAt + (start - 2) * volume.clusterBytes, lengthBytes);
    if (part.length < lengthBytes) return yield damaged("it ends before its file system does");
    leftBytes -= lengthBytes;
    yield ok(part);
  }
  if (leftBytes > 0) yield damaged(`"${path}" ends before its size`);
}

async function readEntry(
  volume: Volume,
  { name, sizeBytes, firstCluster }: FoundEntry,
  bytesMax: number,
): Promise<Result<Uint8Array>> {
  if (sizeBytes > bytesMax) {
    return damaged(`"${name}" has ${sizeBytes} bytes, at most ${bytesMax} are possible`);
  }
  if (sizeBytes === 0) return ok(new Uint8Array());
  const bytes = await readChain(volume, firstCluster, sizeBytes);
  if (!bytes.ok || bytes.value.length === sizeBytes) return bytes;
  return damaged(`"${name}" ends before its size`);
}

/** At most `bytesMax` of what the chain holds. A chain that goes on in a circle is cut off there as well. */
async function readChain(
  volume: Volume,
  first: number,
  bytesMax: number,
): Promise<Result<Uint8Array>> {
  const countMax = Math.ceil(bytesMax / volume.clusterBytes);
  const clusters = await listClusters(volume, first, countMax);
  if (!clusters.ok) return clusters;
  const parts: Uint8Array[] = [];
  for (const { start, count } of runsOf(clusters.value)) {
    const lengthBytes = count * volume.clusterBytes;
    const part = await volume.read(volume.dataAt + (start - 2) * volume.clusterBytes, lengthBytes);
    if (part.length < lengthBytes) return damaged("it ends before its file system does");
    parts.push(part);
  }
  return ok(joined(parts).subarray(0, bytesMax));
}

async function listClusters(
  volume: Volume,
  first: number,
  countMax: number,
): Promise<Result<readonly number[]>> {
  const clusters: number[] = [];
  let page: Page = { at: -1, bytes: new DataView(new ArrayBuffer(0)) };
  let cluster = first;
  while (clusters.length < countMax && cluster < END_OF_CHAIN) {
    if (cluster < 2 || cluster >= volume.clusterCount + 2) {
      return damaged(`a chain leads to cluster ${cluster}, which is none`);
    }
    clusters.push(cluster);
    const entryAt = cluster * 4;
    const pageAt = entryAt - (entryAt % PAGE_BYTES);
    if (page.at !== pageAt) page = { at: pageAt, bytes: await readPage(volume, pageAt) };
    if (entryAt - pageAt + 4 > page.bytes.byteLength) return damaged("its table is cut short");
    cluster = page.bytes.getUint32(entryAt - pageAt, true) & CLUSTER_BITS;
  }
  return ok(clusters);
}

type Page = { readonly at: number; readonly bytes: DataView };

async function readPage({ read, fatAt }: Volume, pageAt: number): Promise<DataView> {
  const bytes = await read(fatAt + pageAt, PAGE_BYTES);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

type Run = { readonly start: number; readonly count: number };

/** One read may not ask for more than this. */
const RUN_CLUSTERS_MAX = 256;

function runsOf(clusters: readonly number[]): readonly Run[] {
  const runs: Run[] = [];
  for (const cluster of clusters) {
    const last = runs.at(-1);
    const follows = last !== undefined && last.start + last.count === cluster;
    if (last !== undefined && follows && last.count < RUN_CLUSTERS_MAX) {
      runs.splice(-1, 1, { start: last.start, count: last.count + 1 });
    } else {
      runs.push({ start: cluster, count: 1 });
    }
  }
  return runs;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function shifted(read: ReadBytes, offsetBytes: number): ReadBytes {
  return (at, lengthBytes) => read(offsetBytes + at, lengthBytes);
}

function isPowerOfTwo(value: number): boolean {
  return value > 0 && (value & (value - 1)) === 0;
}

function damaged(why: string): Result<never> {
  return fail({ code: "stick_damaged", detail: `Cannot read the stick: ${why}` });
}

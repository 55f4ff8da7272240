import type { ByteRange, Manifest, TreeBody } from "../media/manifest.ts";
import { ok, type Result } from "../result.ts";
import type { DriveGeometry, StampFile } from "./extent.ts";
import { dataOffsetBytes } from "./fat-geometry.ts";
import { FIRST_CLUSTER } from "./fat-table.ts";
import { fitPartition } from "./fit-partition.ts";
import { chainLengths, ownersInOrder, placeChains } from "./layout-fat32.ts";
import { treeOf } from "./layout-tree.ts";
import { PARTITION_OFFSET_BYTES, TAIL_BYTES } from "./partition-table.ts";

type Stick<Body> = {
  readonly body: Body;
  readonly geometry: DriveGeometry;
  readonly stamps: readonly StampFile[];
};

/** Something with a name that begins at one byte of the drive and ends before another. */
type Owner = readonly [name: string, from: number, to: number];

const OWN_TABLES = "the file system's own tables";

/** So many files are named; of the others it is said how many they are. */
const NAMED_MAX = 3;

/**
 * Whose bytes lie in a range of the drive, for a person: files by their paths, and what else a layout puts there.
 *
 * Shape: `null` for an image, whose inside is its own, and for a range that nothing lies in.
 */
export function nameOwners(stick: Stick<Manifest["body"]>, range: ByteRange): string | null {
  const { body, geometry, stamps } = stick;
  if (body.kind === "image") return null;
  const files = placeFiles({ body, geometry, stamps });
  if (!files.ok) return null;
  const { sizeBytes } = geometry;
  const tables: readonly Owner[] = [
    ["the boot code and partition table", 0, PARTITION_OFFSET_BYTES],
    [OWN_TABLES, PARTITION_OFFSET_BYTES, files.value.dataBytes],
    ...files.value.directories,
    ["the stick's last MiB", sizeBytes - TAIL_BYTES, sizeBytes],
  ];
  const isHit = ([, from, to]: Owner): boolean =>
    from < to && from < range.offsetBytes + range.lengthBytes && to > range.offsetBytes;
  const names = tables.filter(isHit).map(([name]) => name);
  return joinNames([...new Set(names), ...quoteSome(files.value.owners.filter(isHit))]);
}

type Placed = {
  readonly owners: readonly Owner[];
  readonly directories: readonly Owner[];
  readonly dataBytes: number;
};

/** Where files and directories lie, and where the first of them could; as layoutTree has it. */
function placeFiles({ body, geometry, stamps }: Stick<TreeBody>): Result<Placed> {
  const tree = treeOf(body, stamps);
  if (!tree.ok) return tree;
  const chainBytes = chainLengths(tree.value);
  const fat = fitPartition({ chainBytes, partitionBytes: body.partitionBytes }, geometry);
  if (!fat.ok) return fat;
  const { clusterBytes } = fat.value;
  const dataBytes = PARTITION_OFFSET_BYTES + dataOffsetBytes(fat.value);
  const chains = chainBytes.map((bytes) => Math.ceil(bytes / clusterBytes));
  const { clusterOf } = placeChains(tree.value, chains);
  const owners: Owner[] = [];
  const directories: Owner[] = [];
  for (const [index, owner] of ownersInOrder(tree.value).entries()) {
    const from = dataBytes + (clusterOf(owner) - FIRST_CLUSTER) * clusterBytes;
    if ("entries" in owner)
      directories.push([OWN_TABLES, from, from + (chains[index] ?? 0) * clusterBytes]);
    else owners.push([owner.path, from, from + owner.sizeBytes]);
  }
  return ok({ owners, directories, dataBytes });
}

function quoteSome(files: readonly Owner[]): readonly string[] {
  const named = files.slice(0, NAMED_MAX).map(([path]) => `"${path}"`);
  const more = files.length - named.length;
  return more === 0 ? named : [...named, more === 1 ? "1 more file" : `${more} more files`];
}

function joinNames(names: readonly string[]): string | null {
  if (names.length <= 1) return names[0] ?? null;
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

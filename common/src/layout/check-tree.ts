import { MIB, renderBytes } from "../bytes.ts";
import type { Problem, ProblemCode } from "../problem.ts";
import { directoryBytes } from "./fat-directory.ts";
import { foldName, whyNotFatName } from "./fat-name.ts";
import { type Directory, plantTree } from "./plant-tree.ts";

/** Sizes are stored in 32 bits. */
export const FAT_FILE_BYTES_MAX = 0xffffffff;
/** 65536 entries of 32 bytes. Source: fatgen103 "Other Notes Relating to FAT Directories". */
const FAT_DIRECTORY_BYTES_MAX = 2 * MIB;

export type TreeEntry = { readonly path: string; readonly sizeBytes: number };

/**
 * Everything that keeps these files from lying on FAT32, all findings at once; empty when nothing does.
 *
 * Problems: path_leaves_tree, name_not_fat, names_collide, file_too_large, directory_too_large.
 */
export function checkTree(
  files: readonly TreeEntry[],
  emptyDirectories: readonly string[],
): readonly Problem[] {
  const paths = [...files.map(({ path }) => path), ...emptyDirectories];
  return [
    ...paths.filter(leavesTree).map((path) => cannotHold("path_leaves_tree", path, LEAVES_TREE)),
    ...files.filter(({ sizeBytes }) => sizeBytes > FAT_FILE_BYTES_MAX).map(tooLarge),
    ...plantTree(files, emptyDirectories).flatMap((directory) => [
      ...badNames(directory),
      ...collisions(directory),
      ...tooManyNames(directory),
    ]),
  ];
}

const LEAVES_TREE = 'it leaves its tree: a path must be relative and without ".."';

function leavesTree(path: string): boolean {
  return path.startsWith("/") || path.split("/").includes("..");
}

function tooLarge({ path, sizeBytes }: TreeEntry): Problem {
  const size = `${sizeBytes} bytes (${renderBytes(sizeBytes)})`;
  return cannotHold(
    "file_too_large",
    path,
    `it has ${size}, at most ${FAT_FILE_BYTES_MAX} are possible`,
  );
}

function badNames(directory: Directory<TreeEntry>): readonly Problem[] {
  return directory.entries.flatMap(({ name }) => {
    const why = name === ".." ? null : whyNotFatName(name);
    return why === null ? [] : [cannotHold("name_not_fat", join(directory, name), why)];
  });
}

function collisions(directory: Directory<TreeEntry>): readonly Problem[] {
  const seen = new Map<string, string>();
  return directory.entries.flatMap(({ name }) => {
    const folded = foldName(name);
    const other = seen.get(folded);
    if (other === undefined) seen.set(folded, name);
    const path = join(directory, name);
    return other === undefined ? [] : [cannotHold("names_collide", path, collision(name, other))];
  });
}

function collision(name: string, other: string): string {
  return name === other
    ? "two entries have this path"
    : `beside it lies ${JSON.stringify(other)}, which FAT32 takes for the same name`;
}

function tooManyNames({ path, entries }: Directory<TreeEntry>): readonly Problem[] {
  const bytes = directoryBytes(entries.map(({ name }) => name));
  if (bytes <= FAT_DIRECTORY_BYTES_MAX) return [];
  const why = `its ${entries.length} names take ${bytes} bytes, at most ${FAT_DIRECTORY_BYTES_MAX} are possible`;
  return [cannotHold("directory_too_large", path || "/", why)];
}

function join({ path, parent }: Directory<TreeEntry>, name: string): string {
  return parent === null ? name : `${path}/${name}`;
}

/** Quoted as JSON, because the path may hold what no terminal should get. */
function cannotHold(code: ProblemCode, path: string, why: string): Problem {
  return { code, detail: `Cannot put ${JSON.stringify(path)} on FAT32: ${why}` };
}

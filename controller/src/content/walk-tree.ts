import type { Dirent } from "node:fs";
import { constants, open, readdir, readlink, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import type { Problem, ProblemCode } from "@stickfarm/common/problem";
import { fileProblem } from "@stickfarm/common/rim/file-problem";

export type WalkedFile = {
  /** Relative to the folder, separated by "/". */
  readonly path: string;
  readonly localPath: string;
  readonly sizeBytes: number;
};

export type WalkedTree = {
  readonly files: readonly WalkedFile[];
  /** Directories with nothing in them. */
  readonly emptyDirectories: readonly string[];
  /** Links back to a folder that they lie in, when those may be left out. */
  readonly leftOut: readonly string[];
  readonly problems: readonly Problem[];
};

export type WalkOptions = {
  /**
   * A link to a folder that it lies in has no end on FAT32. Somebody's own folder should not have one; ISO images often
   * do (Debian's `debian -> .`) and mean nothing by it.
   */
  readonly loops: "refuse" | "leave-out";
};

/** No stick holds more; a folder that does was named by mistake. */
const ENTRIES_MAX = 500_000;

type Place = {
  readonly path: string;
  readonly localPath: string;
  /** Where it and the folders around it really are; the first is the root. */
  readonly realPaths: readonly [string, ...string[]];
};

type Found = {
  readonly files: WalkedFile[];
  readonly emptyDirectories: string[];
  readonly leftOut: string[];
  readonly problems: Problem[];
};

/**
 * Everything below a folder, and everything that keeps it from being content, at once.
 *
 * Links to files and folders inside of the folder are followed: FAT32 has none, so the content is what they mean.
 *
 * Problems: path_missing, path_unreadable, path_not_content (devices, sockets, pipes, loops), path_leaves_tree,
 *           name_not_fat (bytes that are no UTF-8), usage (too many entries).
 */
export async function walkTree(folder: string, options: WalkOptions): Promise<WalkedTree> {
  const found: Found = { files: [], emptyDirectories: [], leftOut: [], problems: [] };
  try {
    const root = await realpath(folder);
    await walkFolder({ path: "", localPath: folder, realPaths: [root] }, options, found);
    if (countFound(found) > ENTRIES_MAX) {
      const detail = `Cannot add "${folder}": it holds more than ${ENTRIES_MAX} files and folders`;
      found.problems.push({ code: "usage", detail });
    }
  } catch (error) {
    found.problems.push(fileProblem(`Cannot add ${JSON.stringify(folder)}`, error));
  }
  return found;
}

async function walkFolder(place: Place, options: WalkOptions, found: Found): Promise<void> {
  const before = countFound(found);
  for (const entry of await readFolder(place, found)) {
    if (countFound(found) > ENTRIES_MAX) return;
    await walkEntry(place, entry, { options, found });
  }
  if (place.path !== "" && countFound(found) === before) found.emptyDirectories.push(place.path);
}

function countFound({ files, emptyDirectories, problems }: Found): number {
  return files.length + emptyDirectories.length + problems.length;
}

async function readFolder(place: Place, found: Found): Promise<readonly Dirent[]> {
  try {
    const entries = await readdir(place.localPath, { withFileTypes: true });
    return entries.sort((one, other) => (one.name < other.name ? -1 : 1));
  } catch (error) {
    found.problems.push(fileProblem(cannotAdd(place), error));
    return [];
  }
}

type Walk = { readonly options: WalkOptions; readonly found: Found };

async function walkEntry(parent: Place, entry: Dirent, walk: Walk): Promise<void> {
  const realPath = join(parent.realPaths.at(-1) ?? "", entry.name);
  const place: Place = {
    path: parent.path === "" ? entry.name : `${parent.path}/${entry.name}`,
    localPath: join(parent.localPath, entry.name),
    realPaths: [...parent.realPaths, realPath],
  };
  try {
    if (entry.name.includes("\ufffd")) {
      refuse(place, walk, "name_not_fat", "its name must be UTF-8 and must not hold U+FFFD");
    } else if (entry.isSymbolicLink()) {
      await walkLink(place, parent, walk);
    } else {
      await walkTarget(place, entry, walk);
    }
  } catch (error) {
    walk.found.problems.push(fileProblem(cannotAdd(place), error));
  }
}

async function walkLink(link: Place, parent: Place, walk: Walk): Promise<void> {
  const realTarget = await followLink(link, walk);
  if (realTarget === null) return;
  const [root] = link.realPaths;
  if (parent.realPaths.includes(realTarget)) {
    if (walk.options.loops === "leave-out") walk.found.leftOut.push(link.path);
    else refuse(link, walk, "path_not_content", "it is a link to a folder that it lies in");
  } else if (!realTarget.startsWith(root === sep ? sep : root + sep)) {
    const where = `${JSON.stringify(realTarget)}, outside of ${JSON.stringify(root)}`;
    refuse(link, walk, "path_leaves_tree", `it is a link to ${where}`);
  } else {
    const target = { ...link, realPaths: [...parent.realPaths, realTarget] as const };
    await walkTarget(target, await stat(realTarget), walk);
  }
}

/** Where it leads in the end, or `null` when nothing is there. */
async function followLink(link: Place, walk: Walk): Promise<string | null> {
  try {
    return await realpath(link.localPath);
  } catch (error) {
    if (fileProblem(cannotAdd(link), error).code !== "path_missing") throw error;
    const target = JSON.stringify(await readlink(link.localPath));
    refuse(link, walk, "path_missing", `it is a link to ${target}, which is not there`);
    return null;
  }
}

/** Either what a directory says about an entry, or what a link leads to. */
type Kind = Pick<Dirent, "isFile" | "isDirectory" | "isFIFO" | "isSocket" | "isBlockDevice">;

async function walkTarget(place: Place, kind: Kind, walk: Walk): Promise<void> {
  if (kind.isDirectory()) {
    await walkFolder(place, walk.options, walk.found);
  } else if (kind.isFile()) {
    const sizeBytes = await openForSize(place.localPath);
    walk.found.files.push({ path: place.path, localPath: place.localPath, sizeBytes });
  } else {
    const what = kind.isFIFO() ? "a named pipe" : kind.isSocket() ? "a socket" : "a device";
    refuse(place, walk, "path_not_content", `it is ${what}, must be a file, a folder or a link`);
  }
}

/** Opened, because nothing else tells whether it may be read. */
async function openForSize(localPath: string): Promise<number> {
  const file = await open(localPath, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

function refuse(place: Place, { found }: Walk, code: ProblemCode, why: string): void {
  found.problems.push({ code, detail: `${cannotAdd(place)}: ${why}` });
}

/** Quoted as JSON, because the name may hold what no terminal should get. */
function cannotAdd({ path, localPath }: Place): string {
  return `Cannot add ${JSON.stringify(path || localPath)}`;
}

import { foldName } from "@stickfarm/common/layout/fat-name";
import type { TreeFile } from "@stickfarm/common/media/manifest";
import { OUR_FOLDER } from "@stickfarm/common/media/stick-path";
import type { Problem } from "@stickfarm/common/problem";

/** A tree and where it goes. */
export type PlacedTree = {
  /** As a problem names it: `content "tools"`. */
  readonly owner: string;
  /** Relative; empty = the root. */
  readonly folder: string;
  readonly files: readonly TreeFile[];
  readonly emptyDirectories: readonly string[];
  /** Only our own files may lie in our folder. */
  readonly isOurs: boolean;
};

export type ComposedTree = {
  /** Sorted by path. */
  readonly files: readonly TreeFile[];
  readonly emptyDirectories: readonly string[];
  /** Every place that two trees want, all at once. */
  readonly problems: readonly Problem[];
};

/**
 * Several trees as one. A folder that more than one has is one folder, spelt as the first spells it, as if they were
 * copied onto a stick one after the other; a file that two have is a problem, whatever is in it.
 *
 * Problems: names_collide, naming both trees.
 */
export function composeTree(trees: readonly PlacedTree[]): ComposedTree {
  const taken: Taken = { files: new Map(), folders: new Map() };
  const problems: Problem[] = [];
  for (const tree of trees) problems.push(...place(tree, taken));
  const files = [...taken.files.values()].flatMap((entries) => entries.map(({ file }) => file));
  return { files: files.sort(byPath), emptyDirectories: emptyFolders(taken), problems };
}

type Taken = {
  /** By folded path; more than one only where one tree has names that differ in case. */
  readonly files: Map<string, { readonly file: TreeFile; readonly tree: PlacedTree }[]>;
  /** By folded path: as spelt, by whom first, and whether anything lies in it. */
  readonly folders: Map<string, Folder>;
};

type Folder = { readonly path: string; readonly tree: PlacedTree; isEmpty: boolean };

function place(tree: PlacedTree, taken: Taken): readonly Problem[] {
  const problems: Problem[] = [];
  const enter = folderKeeper(tree, taken, problems);
  for (const file of tree.files) {
    const path = join(tree.folder, file.path);
    const folder = enter(parentOf(path));
    if (folder === null) continue;
    const folded = join(folder.folded, foldName(nameOf(path)));
    const problem = whyNotFile(path, folded, tree, taken);
    if (problem !== null) {
      problems.push(problem);
      continue;
    }
    const placed = { file: { ...file, path: join(folder.spelt, nameOf(path)) }, tree };
    const others = taken.files.get(folded);
    if (others === undefined) taken.files.set(folded, [placed]);
    else others.push(placed);
  }
  for (const directory of tree.emptyDirectories) {
    const path = join(tree.folder, directory);
    const problem = whyNotFolder(path, tree, taken);
    if (problem === null) enterFolder(path, tree, taken, true);
    else problems.push(problem);
  }
  return problems;
}

type Entered = { readonly folded: string; readonly spelt: string };

/** Each folder of a tree is looked at once, however many files it holds; `null` when it cannot be there. */
function folderKeeper(
  tree: PlacedTree,
  taken: Taken,
  problems: Problem[],
): (path: string) => Entered | null {
  const entered = new Map<string, Entered | null>();
  return (path) => {
    const known = entered.get(path);
    if (known !== undefined) return known;
    const problem = whyNotFolder(path, tree, taken);
    if (problem !== null) problems.push(problem);
    const folder =
      problem === null
        ? { folded: foldPath(path), spelt: enterFolder(path, tree, taken, false) }
        : null;
    entered.set(path, folder);
    return folder;
  };
}

function whyNotFile(path: string, folded: string, tree: PlacedTree, taken: Taken): Problem | null {
  const folder = taken.folders.get(folded);
  if (folder !== undefined && folder.tree !== tree) return collide(path, tree, folder);
  const [other] = taken.files.get(folded) ?? [];
  if (other === undefined || other.tree === tree) return whyOurs(path, tree);
  return collide(path, tree, { path: other.file.path, tree: other.tree });
}

/** A folder cannot lie where, or below where, another tree has a file. */
function whyNotFolder(path: string, tree: PlacedTree, taken: Taken): Problem | null {
  for (const folder of foldersTo(path)) {
    const [other] = taken.files.get(foldPath(folder)) ?? [];
    if (other !== undefined && other.tree !== tree) {
      return collide(folder, tree, { path: other.file.path, tree: other.tree });
    }
  }
  return whyOurs(path, tree);
}

function whyOurs(path: string, tree: PlacedTree): Problem | null {
  const [first = ""] = path.split("/");
  if (tree.isOurs || foldName(first) !== foldName(OUR_FOLDER)) return null;
  const detail = `Cannot put ${JSON.stringify(path)} of ${tree.owner} on the stick: the folder "/${OUR_FOLDER}" is stickfarm's own`;
  return { code: "names_collide", detail };
}

function collide(
  path: string,
  tree: PlacedTree,
  other: { readonly path: string; readonly tree: PlacedTree },
): Problem {
  const detail = `Cannot put ${JSON.stringify(path)} of ${tree.owner} on the stick: ${other.tree.owner} has ${JSON.stringify(other.path)} there`;
  return { code: "names_collide", detail };
}

/**
 * The folder's path as it is spelt on the stick. What one tree spells in two ways stays two, which the check of the whole
 * tree refuses.
 */
function enterFolder(path: string, tree: PlacedTree, taken: Taken, isEmpty: boolean): string {
  let spelt = "";
  for (const folder of foldersTo(path)) {
    const known = taken.folders.get(foldPath(folder));
    const isLast = folder.length === path.length;
    const own = join(spelt, nameOf(folder));
    if (known === undefined) {
      taken.folders.set(foldPath(folder), { path: own, tree, isEmpty: isLast && isEmpty });
    } else if (!(isLast && isEmpty)) known.isEmpty = false;
    spelt = known === undefined || known.tree === tree ? own : known.path;
  }
  return spelt;
}

function emptyFolders({ folders }: Taken): readonly string[] {
  return [...folders.values()]
    .filter(({ isEmpty }) => isEmpty)
    .map(({ path }) => path)
    .sort();
}

/** "a/b/c" → "a", "a/b", "a/b/c". */
function foldersTo(path: string): readonly string[] {
  const names = path === "" ? [] : path.split("/");
  return names.map((_, index) => names.slice(0, index + 1).join("/"));
}

function foldPath(path: string): string {
  return path.split("/").map(foldName).join("/");
}

function join(folder: string, path: string): string {
  return folder === "" || path === "" ? folder + path : `${folder}/${path}`;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function byPath(one: TreeFile, other: TreeFile): number {
  return one.path < other.path ? -1 : 1;
}

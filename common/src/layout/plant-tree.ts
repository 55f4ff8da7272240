/** A directory of a tree; its entries are in the order of their UTF-16 units, whatever the locale. */
export type Directory<Leaf> = {
  /** Relative, separated by "/"; "" for the root. */
  readonly path: string;
  /** `null` for the root. */
  readonly parent: Directory<Leaf> | null;
  readonly entries: readonly Entry<Leaf>[];
};

export type Entry<Leaf> =
  | { readonly kind: "directory"; readonly name: string; readonly directory: Directory<Leaf> }
  | { readonly kind: "file"; readonly name: string; readonly leaf: Leaf };

/**
 * Paths to directories, the root first and each before those that lie in it.
 *
 * Shape: what the paths say, unchecked: two entries may have one name, or a name that is none.
 */
export function plantTree<Leaf extends { readonly path: string }>(
  leaves: readonly Leaf[],
  emptyDirectories: readonly string[],
): readonly Directory<Leaf>[] {
  const planted = new Map<string, Sapling<Leaf>>([["", { path: "", parent: null, entries: [] }]]);
  for (const path of emptyDirectories) reach(planted, path);
  for (const leaf of leaves) {
    const directory = reach(planted, parentPath(leaf.path));
    directory.entries.push({ kind: "file", name: lastName(leaf.path), leaf });
  }
  for (const directory of planted.values()) directory.entries.sort(byName);
  return [...planted.values()];
}

type Sapling<Leaf> = Directory<Leaf> & { readonly entries: Entry<Leaf>[] };

/** The directory at `path`, made with all above it that are missing; a loop, so that no depth is too much. */
function reach<Leaf>(planted: Map<string, Sapling<Leaf>>, path: string): Sapling<Leaf> {
  const missing: string[] = [];
  let reached = planted.get(path);
  for (let above = path; reached === undefined; reached = planted.get(above)) {
    missing.push(above);
    above = parentPath(above);
  }
  for (const next of missing.reverse()) {
    const directory: Sapling<Leaf> = { path: next, parent: reached, entries: [] };
    reached.entries.push({ kind: "directory", name: lastName(next), directory });
    planted.set(next, directory);
    reached = directory;
  }
  return reached;
}

function parentPath(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}

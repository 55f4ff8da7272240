import type { SourceFile } from "./read-tree.ts";

/** Files that reach themselves by their imports, each as "a -> b -> a". */
export function findCycles(files: readonly SourceFile[]): string[] {
  const graph = new Map(
    files.map(({ path, imports }) => [path, imports.flatMap(({ target }) => target ?? [])]),
  );
  return files
    .map(({ path }) => shortestWay(graph, path))
    .filter((way) => way !== null)
    .map((way) => way.join(" -> "));
}

/** Breadth first, so that what is printed is the knot itself and not a walk through the tree. */
function shortestWay(graph: ReadonlyMap<string, readonly string[]>, from: string): string[] | null {
  const seen = new Set<string>();
  let ways = [[from]];
  while (ways.length > 0) {
    const next: string[][] = [];
    for (const way of ways) {
      for (const target of graph.get(way.at(-1) ?? "") ?? []) {
        if (target === from) return [...way, target];
        if (seen.has(target)) continue;
        seen.add(target);
        next.push([...way, target]);
      }
    }
    ways = next;
  }
  return null;
}

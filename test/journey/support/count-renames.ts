import { watch } from "node:fs";

/** How often a name of a folder came or went, from now until `stop`. Source: inotify(7), fs.watch() "rename". */
export function countRenames(folder: string, name: string): { readonly stop: () => number } {
  let count = 0;
  const watcher = watch(folder, (event, changed) => {
    if (event === "rename" && changed === name) count += 1;
  });
  return {
    stop: () => {
      watcher.close();
      return count;
    },
  };
}

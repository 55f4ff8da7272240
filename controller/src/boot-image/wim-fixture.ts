import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** For tests: files of so many bytes that nothing can compress, captured by wimlib. Gives the path of the WIM file. */
export async function makeWim(folder: string, sizes: readonly number[]): Promise<string> {
  const tree = join(folder, "wim-tree");
  await mkdir(tree);
  for (const [index, sizeBytes] of sizes.entries()) {
    await writeFile(join(tree, `file-${index}`), noise(`${index}`, sizeBytes));
  }
  const path = join(folder, "whole.wim");
  runWimlib("capture", tree, path, "Windows", "--compress=none", "--boot");
  return path;
}

export function runWimlib(...args: readonly string[]): string {
  return String(execFileSync("wimlib-imagex", args, { stdio: "pipe" }));
}

function noise(seed: string, sizeBytes: number): Buffer {
  return createHash("shake256", { outputLength: sizeBytes }).update(seed).digest();
}

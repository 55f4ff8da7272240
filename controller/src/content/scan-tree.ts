import { checkTree, FAT_FILE_BYTES_MAX, type TreeEntry } from "@stickfarm/common/layout/check-tree";
import type { TreeFile } from "@stickfarm/common/media/manifest";
import type { Problem } from "@stickfarm/common/problem";
import { ok } from "@stickfarm/common/result";
import { hashFile } from "@stickfarm/common/rim/hash-file";
import { runParallel } from "@stickfarm/common/rim/run-parallel";
import { type WalkedFile, type WalkOptions, walkTree } from "./walk-tree.ts";

/** A file of a tree, and where its bytes are on this machine. */
export type ScannedFile = TreeFile & { readonly localPath: string };

export type ScannedTree = {
  /** Sorted by path. */
  readonly files: readonly ScannedFile[];
  readonly emptyDirectories: readonly string[];
  /** Links back to a folder that they lie in. */
  readonly leftOut: readonly string[];
};

export type TreeScan =
  | { readonly ok: true; readonly value: ScannedTree }
  /** All that was found, at least one. */
  | { readonly ok: false; readonly problems: readonly Problem[] };

export type ScanOptions = Partial<WalkOptions> & {
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal;
};

/** Two cores hash; two more files are opened meanwhile. */
const HASHED_AT_ONCE = 4;

/**
 * Read a folder as the tree of files that a stick will hold.
 *
 * Nothing is hashed before the names have been found good, because hashing takes minutes. All problems come at once.
 *
 * Problems: those of `walkTree()`, `checkTree()` and `hashFile()`; usage when there is no file at all.
 */
export async function scanTree(folder: string, options: ScanOptions = {}): Promise<TreeScan> {
  const walked = await walkTree(folder, { loops: options.loops ?? "refuse" });
  const entries = walked.files.map(asItMayLie);
  const problems = [...walked.problems, ...checkTree(entries, walked.emptyDirectories)];
  if (problems.length === 0 && walked.files.length === 0) {
    const detail = `Cannot add ${JSON.stringify(folder)}: it holds no file, it must hold at least one`;
    problems.push({ code: "usage", detail });
  }
  if (problems.length > 0) return { ok: false, problems };
  const hashed = await hashFiles(walked.files, options);
  if (!hashed.ok) return hashed;
  const { leftOut } = walked;
  const emptyDirectories = [...walked.emptyDirectories].sort();
  return { ok: true, value: { files: hashed.files.sort(byPath), emptyDirectories, leftOut } };
}

/** A WIM file may go to a stick in parts: whether it does is for the definition to say. */
function asItMayLie({ path, sizeBytes }: WalkedFile): TreeEntry {
  const isWim = /\.wim$/i.test(path);
  return { path, sizeBytes: isWim ? Math.min(sizeBytes, FAT_FILE_BYTES_MAX) : sizeBytes };
}

type Hashed =
  | { readonly ok: true; readonly files: ScannedFile[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

async function hashFiles(files: readonly WalkedFile[], options: ScanOptions): Promise<Hashed> {
  const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let doneBytes = 0;
  const onBytes = ({ length }: Uint8Array): void => {
    doneBytes += length;
    options.onProgress?.(doneBytes, totalBytes);
  };
  const found: ScannedFile[] = [];
  const problems: Problem[] = [];
  const { signal } = options;
  const ran = await runParallel(files, { parallelMax: HASHED_AT_ONCE, signal }, async (file) => {
    const { path, localPath } = file;
    const hashed = await hashFile(localPath, { onBytes, signal });
    if (!hashed.ok && hashed.problem.code === "canceled") return hashed;
    if (hashed.ok) {
      const { sha256, sizeBytes, modifiedAtMs } = hashed.value;
      found.push({ path, localPath, blob: { sha256, sizeBytes }, modifiedAtMs });
    } else {
      problems.push(hashed.problem);
    }
    return ok(undefined);
  });
  if (!ran.ok) return { ok: false, problems: [ran.problem] };
  return problems.length === 0 ? { ok: true, files: found } : { ok: false, problems };
}

function byPath(one: ScannedFile, other: ScannedFile): number {
  return one.path < other.path ? -1 : 1;
}

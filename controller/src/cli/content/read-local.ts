import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { checkTree } from "@stickfarm/common/layout/check-tree";
import type { ImageContent, TreeContent } from "@stickfarm/common/media/content";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import { hashFile } from "@stickfarm/common/rim/hash-file";
import { type ReadImageOptions, readImage } from "../../content/read-image.ts";
import { type ScannedFile, scanTree } from "../../content/scan-tree.ts";
import type { LocalBlob } from "../../content/upload.ts";
import type { ProgressLine } from "../shell/progress-line.ts";
import { renderFailure, type Session, say } from "../shell/session.ts";

/** Content as it was read, and the files that its bytes are in. */
export type LocalContent<Body> = { readonly body: Body; readonly blobs: readonly LocalBlob[] };

/** A tree whose files are known by their paths in it, too. */
export type LocalTree = {
  readonly body: TreeContent;
  readonly blobs: readonly ScannedFile[];
};

type Reading = { readonly progress: ProgressLine; readonly signal: AbortSignal };

/** Problems: path_missing, path_unreadable. */
export async function isFolder(path: string): Promise<Result<boolean>> {
  try {
    return ok((await stat(path)).isDirectory());
  } catch (error) {
    return fail(fileProblem(`Cannot add "${path}"`, error));
  }
}

/**
 * Read a folder as a tree. Every problem of it is printed; the last one is given back.
 *
 * Problems: those of `scanTree()`.
 */
export async function readLocalTree(
  session: Session,
  {
    folder,
    loops,
    progress,
    signal,
  }: Reading & { readonly folder: string; readonly loops: "refuse" | "leave-out" },
): Promise<Result<LocalTree>> {
  const scanned = await scanTree(folder, {
    loops,
    signal,
    onProgress: (doneBytes, totalBytes) =>
      progress.show({ doing: "hashing", doneBytes, totalBytes }),
  });
  progress.clear();
  if (!scanned.ok) return failAll(session, scanned.problems);
  const { files, emptyDirectories, leftOut } = scanned.value;
  for (const path of leftOut) say(session, `Left out "${path}": it links to a folder around it`);
  const treeFiles = files.map(({ path, blob, modifiedAtMs }) => ({ path, blob, modifiedAtMs }));
  return ok({ body: { kind: "tree", files: treeFiles, emptyDirectories }, blobs: files });
}

/** A file as a tree of one. Problems: those of `checkTree()` and `hashFile()`. */
export async function readLocalFile({
  path,
  signal,
}: Pick<Reading, "signal"> & { readonly path: string }): Promise<
  Result<LocalContent<TreeContent>>
> {
  const hashed = await hashFile(path, { signal });
  if (!hashed.ok) return hashed;
  const { sha256, sizeBytes, modifiedAtMs } = hashed.value;
  const [problem] = checkTree([{ path: basename(path), sizeBytes }], []);
  if (problem !== undefined) return fail(problem);
  const blob = { sha256, sizeBytes };
  const files = [{ path: basename(path), blob, modifiedAtMs }];
  return ok({
    body: { kind: "tree", files, emptyDirectories: [] },
    blobs: [{ blob, localPath: path }],
  });
}

/** Problems: those of `readImage()`. */
export async function readLocalImage({
  path,
  progress,
  ...options
}: Reading &
  Pick<ReadImageOptions, "blockMapPath" | "maxExpandedBytes"> & {
    readonly path: string;
  }): Promise<Result<LocalContent<ImageContent>>> {
  const image = await readImage(path, {
    ...options,
    onProgress: ({ phase, doneBytes, totalBytes }) =>
      progress.show({ doing: phase === "hash" ? "hashing" : "expanding", doneBytes, totalBytes }),
  });
  progress.clear();
  if (!image.ok) return image;
  return ok({ body: image.value, blobs: [{ blob: image.value.stored, localPath: path }] });
}

/** More than a person reads at once; a folder that was named by mistake may have thousands. */
const PROBLEMS_SHOWN_MAX = 50;

function failAll(session: Session, problems: readonly Problem[]): Result<never> {
  const last = problems.at(-1) ?? { code: "internal", detail: "Cannot say why: no reason given" };
  const others = problems.slice(0, -1);
  for (const problem of others.slice(0, PROBLEMS_SHOWN_MAX))
    session.io.stderr.write(renderFailure(session.format, problem));
  const hidden = others.length - PROBLEMS_SHOWN_MAX;
  if (hidden > 0 && session.format === "table") say(session, `... and ${hidden} problems more`);
  return fail(last);
}

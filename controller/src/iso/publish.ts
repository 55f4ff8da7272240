import { access, link, open, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { moveIntoPlace, syncDirectory } from "@stickfarm/common/rim/atomic-file";
import { fileProblem, isErrnoError } from "@stickfarm/common/rim/file-problem";

/** A finished file, and what it is to be called in the same file system. */
export type Publication = { readonly from: string; readonly to: string };

/**
 * Give finished files their names, durably. An existing file is replaced in one step or not at all.
 *
 * Problems: file_exists unless `replace`, also when it came while we worked; storage_failed.
 */
export async function publish(
  files: readonly Publication[],
  { replace }: { readonly replace: boolean },
): Promise<Result<void>> {
  for (const { from, to } of files) {
    try {
      await sync(from);
      await (replace ? moveIntoPlace(from, to) : moveBeside(from, to));
    } catch (error) {
      if (isErrnoError(error) && error.code === "EEXIST") return fail(fileExists(to));
      return fail(fileProblem(`Cannot give "${to}" its name`, error));
    }
  }
  return ok(undefined);
}

/** Problems: file_exists, naming all of them. */
export async function checkAbsent(paths: readonly string[]): Promise<Result<void>> {
  const found: string[] = [];
  for (const path of paths) if (await isThere(path)) found.push(path);
  const [first, ...others] = found;
  if (first === undefined) return ok(undefined);
  return fail(fileExists(first, others.length === 0 ? "" : ` with ${others.length} more`));
}

function fileExists(path: string, others = ""): Problem {
  const detail = `Cannot make "${path}": it is there${others}, and ifExists is "fail"`;
  return { code: "file_exists", detail };
}

/** A link does not replace; file systems without them leave a moment between looking and moving. */
async function moveBeside(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
    await unlink(from);
  } catch (error) {
    if (!isErrnoError(error) || !["EPERM", "ENOTSUP", "ENOSYS"].includes(error.code)) throw error;
    if (await isThere(to))
      throw Object.assign(new Error("EEXIST: file exists"), { code: "EEXIST" });
    await rename(from, to);
  }
  await syncDirectory(dirname(to));
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function sync(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

import { access, mkdir, mkdtemp, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { syncDirectory } from "@stickfarm/common/rim/atomic-file";
import { isErrnoError } from "@stickfarm/common/rim/file-problem";

/** Text or bytes by file name, "/" for folders. */
export type FileSet = Readonly<Record<string, string | Uint8Array>>;

const STAGED_PREFIX = "trust.new-";

export function trustDirectoryOf(dataDirectory: string): string {
  return join(dataDirectory, "trust");
}

/**
 * Put a whole folder of secrets in place as one step: after a crash it is all there or not at all. Durable on return.
 *
 * Gives false, and changes nothing, when there is one already. What interrupted calls left behind is removed once nothing
 * can come of it any more: a call that runs at the same time writes into a folder of its own.
 */
export async function placeTrustFiles(dataDirectory: string, files: FileSet): Promise<boolean> {
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  const staged = await mkdtemp(join(dataDirectory, STAGED_PREFIX));
  try {
    await writeFiles(staged, files);
    await rename(staged, trustDirectoryOf(dataDirectory));
    await syncDirectory(dataDirectory);
  } catch (error) {
    await rm(staged, { recursive: true, force: true });
    if (await hasTrust(dataDirectory)) return false;
    throw error;
  }
  await removeStaged(dataDirectory);
  return true;
}

export async function hasTrust(dataDirectory: string): Promise<boolean> {
  return await exists(trustDirectoryOf(dataDirectory));
}

export async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (isErrnoError(error) && error.code === "ENOENT") return false;
    throw error;
  }
}

async function writeFiles(directory: string, files: FileSet): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(path, "wx", 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await syncDirectory(dirname(path));
  }
  await syncDirectory(directory);
}

async function removeStaged(dataDirectory: string): Promise<void> {
  const names = await readdir(dataDirectory);
  for (const name of names.filter((name) => name.startsWith(STAGED_PREFIX))) {
    try {
      await rm(join(dataDirectory, name), { recursive: true, force: true });
    } catch (error) {
      // Somebody writes into it at this moment: one who has lost, and who removes it.
      if (!isErrnoError(error) || error.code !== "ENOTEMPTY") throw error;
    }
  }
}

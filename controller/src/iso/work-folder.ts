import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { fileProblem, isErrnoError } from "@stickfarm/common/rim/file-problem";

const PREFIX = ".stickfarm-iso-";

/**
 * A hidden folder in `parent` for what is not finished, gone when `use` has ended. What a run that was killed left in
 * `parent` is removed first: each folder is held by a name in Linux' abstract socket namespace, made of its inode, which
 * the kernel takes back when the process ends, however it ends; a folder that nobody holds is nobody's.
 *
 * Source: unix(7). Problems: path_missing, path_unreadable, disk_full, storage_failed, and those of `use`.
 */
export async function withWorkFolder<Value>(
  parent: string,
  use: (folder: string) => Promise<Result<Value>>,
): Promise<Result<Value>> {
  try {
    await sweep(parent);
    const { folder, release } = await makeHeld(parent);
    try {
      return await use(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
      await release();
    }
  } catch (error) {
    return fail(fileProblem(`Cannot work in "${parent}"`, error));
  }
}

type Release = () => Promise<void>;

/** Another run's sweep may take a new folder in the moment before it is held: then there is another new one. */
async function makeHeld(parent: string): Promise<{ folder: string; release: Release }> {
  for (;;) {
    const folder = await mkdtemp(join(parent, PREFIX));
    const release = await hold(folder);
    if (release !== null) return { folder, release };
  }
}

async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = join(parent, name);
    const release = await hold(folder);
    if (release === null) continue;
    await rm(folder, { recursive: true, force: true });
    await release();
  }
}

/** `null` when somebody else holds it, or it is gone. */
async function hold(folder: string): Promise<Release | null> {
  const release = await listen(await nameOf(folder));
  if (release === null || (await nameOf(folder)) !== null) return release;
  await release();
  return null;
}

async function nameOf(folder: string): Promise<string | null> {
  try {
    const { dev, ino } = await stat(folder);
    return `\0stickfarm-iso-${dev}-${ino}`;
  } catch (error) {
    if (isErrnoError(error) && error.code === "ENOENT") return null;
    throw error;
  }
}

function listen(name: string | null): Promise<Release | null> {
  if (name === null) return Promise.resolve(null);
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(null);
      else reject(error);
    });
    server.listen(name, () => {
      // It holds a name and keeps nobody from ending.
      server.unref();
      resolve(() => new Promise((closed) => server.close(() => closed())));
    });
  });
}

/** For those who only ask whether a folder may be worked in. Problems: path_missing, path_not_content. */
export async function checkFolder(path: string): Promise<Result<void>> {
  const doing = `Cannot make ISO images in "${path}"`;
  try {
    if ((await stat(path)).isDirectory()) return ok(undefined);
    return fail({ code: "path_not_content", detail: `${doing}: it must be a folder` });
  } catch (error) {
    return fail(fileProblem(doing, error));
  }
}

import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";

/**
 * A process that has the path open, as `process 123 ("dd")`; `null` when none is found. What this user may not look into
 * is passed over.
 */
export async function findHolder(path: string, proc = "/proc"): Promise<string | null> {
  const pids = (await readdir(proc).catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const folder = join(proc, pid, "fd");
    const fds = await readdir(folder).catch(() => []);
    for (const fd of fds) {
      if ((await readlink(join(folder, fd)).catch(() => null)) !== path) continue;
      const name = await readFile(join(proc, pid, "comm"), "utf8").catch(() => "");
      return `process ${pid} ("${name.trim()}")`;
    }
  }
  return null;
}

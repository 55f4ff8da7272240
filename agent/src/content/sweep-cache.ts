import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** A workstation that comes back from a weekend goes on where it was; what is older nobody waits for. */
const PARTIAL_KEEP_MS = 7 * 24 * 3600_000;

/**
 * Remove what earlier runs left behind and no run would use again: blobs half fetched a week ago, and piece hashes without
 * their blob. Before anything is brought in: a blob on its way has its piece hashes first.
 */
export async function sweepCache(directory: string, nowMs: number): Promise<void> {
  const names = new Set(await readdir(directory));
  for (const name of names) {
    const path = join(directory, name);
    const [sha256 = "", ending] = name.split(".");
    const isStray = ending === "pieces" && !names.has(sha256);
    const isOld = ending === "partial" && nowMs - (await stat(path)).mtimeMs > PARTIAL_KEEP_MS;
    if (isStray || isOld) await rm(path, { force: true });
  }
}

import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where images and targets lie while the benchmark runs. */
export type Scratch = {
  /** On a disk, as far as the system's temporary folder is. */
  readonly diskFolder: string;
  /** On tmpfs. */
  readonly memoryFolder: string;
  /** Detached in the end, whatever happens. */
  readonly loops: Set<string>;
  readonly remove: () => Promise<void>;
};

/** A signal removes it all too. */
export async function openScratch(): Promise<Scratch> {
  const diskFolder = await mkdtemp(join(tmpdir(), "stickfarm-bench-"));
  const memoryFolder = await mkdtemp("/dev/shm/stickfarm-bench-");
  const loops = new Set<string>();
  const remove = async (): Promise<void> => {
    for (const loop of loops) spawnSync("losetup", ["--detach", loop]);
    await rm(diskFolder, { recursive: true, force: true });
    await rm(memoryFolder, { recursive: true, force: true });
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      void remove().finally(() => process.exit(130));
    });
  }
  return { diskFolder, memoryFolder, loops, remove };
}

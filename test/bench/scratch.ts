import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where images and targets lie while the benchmark runs. */
export type Scratch = {
  /** On a disk, as far as the system's temporary folder is. */
  readonly diskFolder: string;
  /** On tmpfs. */
  readonly memoryFolder: string;
  /** Called in the end, whatever happens, the last one first: loop devices, processes, groups of processes. */
  readonly undo: Set<() => void>;
  readonly remove: () => Promise<void>;
};

/** A signal removes it all too. */
export async function openScratch(): Promise<Scratch> {
  const diskFolder = await mkdtemp(join(tmpdir(), "stickfarm-bench-"));
  const memoryFolder = await mkdtemp("/dev/shm/stickfarm-bench-");
  const undo = new Set<() => void>();
  const remove = async (): Promise<void> => {
    for (const each of [...undo].reverse()) each();
    await rm(diskFolder, { recursive: true, force: true });
    await rm(memoryFolder, { recursive: true, force: true });
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      void remove().finally(() => process.exit(130));
    });
  }
  return { diskFolder, memoryFolder, undo, remove };
}

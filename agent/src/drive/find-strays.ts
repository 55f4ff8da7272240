import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";

/** A writer of an agent that is gone, which the kernel keeps until its drive answers. */
export type Stray = {
  readonly pid: number;
  /** Of the drive that it has open. */
  readonly path: string;
};

export type StrayOptions = {
  readonly proc: string;
  /** In the command line of every writer. */
  readonly writerProgram: string;
  /** In the command line of whoever may have one. */
  readonly agentProgram: string;
};

/** As the writer gets it. */
const DRIVE_FD = "3";

/** Writers whose agent is gone; what this user may not look into is passed over. */
export async function findStrays(options: StrayOptions): Promise<readonly Stray[]> {
  const pids = (await readdir(options.proc).catch(() => [])).filter((name) => /^\d+$/.test(name));
  const strays = await Promise.all(pids.map((pid) => lookAtProcess(pid, options)));
  return strays.filter((stray) => stray !== null);
}

/** Whether it still has its drive open. */
export async function isStray({ pid, path }: Stray, proc: string): Promise<boolean> {
  const threads = await threadsOf(String(pid), proc);
  return threads.some((thread) => thread.drive === path);
}

async function lookAtProcess(pid: string, options: StrayOptions): Promise<Stray | null> {
  const { proc, writerProgram, agentProgram } = options;
  const threads = await threadsOf(pid, proc);
  const holder = threads.find(({ command }) => command.includes(writerProgram));
  if (holder?.drive == null) return null;
  const stat = await readFile(join(proc, pid, "stat"), "utf8").catch(() => "");
  // State and parent come behind the name, which may hold blanks. Source: proc(5).
  const parent = stat.split(") ").at(-1)?.split(" ")[1] ?? "";
  const [agent] = await threadsOf(parent, proc);
  return agent?.command.includes(agentProgram) ? null : { pid: Number(pid), path: holder.drive };
}

type Thread = { readonly command: string; readonly drive: string | null };

/**
 * The threads that still have a command line. Of a process that was killed only those are left that the kernel keeps: the
 * first one, which stands for the process, is a zombie then, and shows neither a command line nor what is open.
 */
async function threadsOf(pid: string, proc: string): Promise<readonly Thread[]> {
  const folder = join(proc, pid, "task");
  const ids = await readdir(folder).catch(() => []);
  const threads = await Promise.all(
    ids.map(async (id) => {
      const text = await readFile(join(folder, id, "cmdline"), "utf8").catch(() => "");
      const drive = await readlink(join(folder, id, "fd", DRIVE_FD)).catch(() => null);
      return { command: text.replaceAll("\0", " "), drive };
    }),
  );
  return threads.filter(({ command }) => command !== "");
}

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

/** Whether it still has its drive open: a process that has ended has nothing open, also while nobody reaps it. */
export async function isStray({ pid, path }: Stray, proc: string): Promise<boolean> {
  return (await driveOf(String(pid), proc)) === path;
}

async function lookAtProcess(pid: string, options: StrayOptions): Promise<Stray | null> {
  const { proc, writerProgram, agentProgram } = options;
  if (!(await commandOf(pid, proc)).includes(writerProgram)) return null;
  const path = await driveOf(pid, proc);
  if (path === null) return null;
  const stat = await readFile(join(proc, pid, "stat"), "utf8").catch(() => "");
  // State and parent come behind the name, which may hold blanks. Source: proc(5).
  const parent = stat.split(") ").at(-1)?.split(" ")[1] ?? "";
  const hasAgent = (await commandOf(parent, proc)).includes(agentProgram);
  return hasAgent ? null : { pid: Number(pid), path };
}

function driveOf(pid: string, proc: string): Promise<string | null> {
  return readlink(join(proc, pid, "fd", DRIVE_FD)).catch(() => null);
}

async function commandOf(pid: string, proc: string): Promise<string> {
  const text = await readFile(join(proc, pid, "cmdline"), "utf8").catch(() => "");
  return text.replaceAll("\0", " ");
}

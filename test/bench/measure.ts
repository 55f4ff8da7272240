import { readdirSync, readFileSync } from "node:fs";
import type { Measured, StickTime } from "./results.ts";

const WATCH_EVERY_MS = 20;
/** Source: sysconf(_SC_CLK_TCK) on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** A method, done once; our own engine says how each stick fared. */
export type Work = () => Promise<readonly StickTime[]>;

/** Run once and measure the whole tree of processes: the kernel adds a child's time to its parent's when it is reaped. */
export async function measure(
  work: Work,
  { watchMemory }: { readonly watchMemory: boolean },
): Promise<Measured> {
  let peakBytes = 0;
  const watch = watchMemory
    ? setInterval(() => {
        peakBytes = Math.max(peakBytes, treeBytes());
      }, WATCH_EVERY_MS)
    : undefined;
  const machineBefore = machineTicks();
  const cpuBefore = cpuSeconds();
  const startedAtMs = performance.now();
  try {
    const sticks = await work();
    const wallSeconds = (performance.now() - startedAtMs) / 1000;
    const cpu = cpuSeconds() - cpuBefore;
    const shares = sharesOf(machineBefore, machineTicks());
    return { wallSeconds, cpuSeconds: cpu, peakBytes, ...shares, sticks };
  } finally {
    clearInterval(watch);
  }
}

type MachineTicks = { readonly all: number; readonly idle: number; readonly diskWait: number };

/** Source: "cpu" of proc_stat(5): user, nice, system, idle, iowait, irq, softirq, steal. */
function machineTicks(): MachineTicks {
  const [first = ""] = readFileSync("/proc/stat", "utf8").split("\n", 1);
  const ticks = first.trim().split(/\s+/).slice(1, 9).map(Number);
  const all = ticks.reduce((sum, count) => sum + count, 0);
  return { all, idle: ticks[3] ?? 0, diskWait: ticks[4] ?? 0 };
}

function sharesOf(
  before: MachineTicks,
  after: MachineTicks,
): Pick<Measured, "busyShare" | "diskWaitShare"> {
  const all = Math.max(1, after.all - before.all);
  const diskWaitShare = (after.diskWait - before.diskWait) / all;
  return { busyShare: 1 - (after.idle - before.idle) / all - diskWaitShare, diskWaitShare };
}

function cpuSeconds(): number {
  const fields = statFields(process.pid);
  const { user, system } = process.cpuUsage();
  // cutime and cstime of proc_pid_stat(5).
  const childTicks = Number(fields[13]) + Number(fields[14]);
  return (user + system) / 1e6 + childTicks / TICKS_PER_SECOND;
}

function treeBytes(): number {
  return listBelow(process.pid).reduce((sum, pid) => sum + residentBytes(pid), 0);
}

/** A process and all that it and its children have started. */
export function listBelow(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (Number.isInteger(pid)) parents.set(pid, Number(statFields(pid)[1]));
  }
  return [...parents.keys()].filter((pid) => isBelow(pid, root, parents));
}

function isBelow(pid: number, root: number, parents: ReadonlyMap<number, number>): boolean {
  for (let above: number | undefined = pid; above !== undefined; above = parents.get(above)) {
    if (above === root) return true;
  }
  return false;
}

/** From the third field of proc_pid_stat(5) on: the second may hold anything. */
function statFields(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  } catch {
    // It has ended meanwhile.
    return [];
  }
}

export function residentBytes(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * PAGE_BYTES;
  } catch {
    // It has ended meanwhile.
    return 0;
  }
}

import { readdirSync, readFileSync } from "node:fs";

export type Measured = {
  readonly wallSeconds: number;
  /** User and system, of this process and of every child that has ended. */
  readonly cpuSeconds: number;
  /** The largest sum of resident memory of this process and all below it; 0 when not watched. */
  readonly peakBytes: number;
};

const WATCH_EVERY_MS = 20;
/** Source: sysconf(_SC_CLK_TCK) on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** Run once and measure the whole tree of processes: the kernel adds a child's time to its parent's when it is reaped. */
export async function measure(
  work: () => Promise<void>,
  { watchMemory }: { readonly watchMemory: boolean },
): Promise<Measured> {
  let peakBytes = 0;
  const watch = watchMemory
    ? setInterval(() => {
        peakBytes = Math.max(peakBytes, treeBytes());
      }, WATCH_EVERY_MS)
    : undefined;
  const cpuBefore = cpuSeconds();
  const startedAtMs = performance.now();
  await work();
  const wallSeconds = (performance.now() - startedAtMs) / 1000;
  clearInterval(watch);
  return { wallSeconds, cpuSeconds: cpuSeconds() - cpuBefore, peakBytes };
}

function cpuSeconds(): number {
  const fields = statFields(process.pid);
  const { user, system } = process.cpuUsage();
  // cutime and cstime of proc_pid_stat(5).
  const childTicks = Number(fields[13]) + Number(fields[14]);
  return (user + system) / 1e6 + childTicks / TICKS_PER_SECOND;
}

function treeBytes(): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (Number.isInteger(pid)) parents.set(pid, Number(statFields(pid)[1]));
  }
  let sum = 0;
  for (const pid of parents.keys()) {
    if (isBelow(pid, parents)) sum += residentBytes(pid);
  }
  return sum;
}

function isBelow(pid: number, parents: ReadonlyMap<number, number>): boolean {
  for (let above: number | undefined = pid; above !== undefined; above = parents.get(above)) {
    if (above === process.pid) return true;
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

function residentBytes(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * PAGE_BYTES;
  } catch {
    // It has ended meanwhile.
    return 0;
  }
}

import { readFileSync } from "node:fs";
import { listBelow, residentBytes } from "./measure.ts";

export type MemoryPeak = {
  /** A page that several processes share counts once in all: what the machine has to give. */
  readonly proportionalBytes: number;
  /** Shared pages count for each process, as the sum of what `ps` shows. */
  readonly residentBytes: number;
};

const LOOK_EVERY_MS = 100;

/** The most memory that a process and all below it held at once, each sum by itself, while `work` ran. */
export async function watchMemory(pid: number, work: () => Promise<void>): Promise<MemoryPeak> {
  const peak = { proportionalBytes: 0, residentBytes: 0 };
  const look = (): void => {
    const pids = listBelow(pid);
    peak.proportionalBytes = Math.max(peak.proportionalBytes, sum(pids.map(proportionalBytes)));
    peak.residentBytes = Math.max(peak.residentBytes, sum(pids.map(residentBytes)));
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  try {
    await work();
    return peak;
  } finally {
    clearInterval(timer);
  }
}

/** Source: "Pss" of /proc/PID/smaps_rollup in proc(5), KiB. */
function proportionalBytes(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    return Number(/^Pss:\s*(\d+) kB$/m.exec(rollup)?.[1] ?? 0) * 1024;
  } catch {
    // It has ended meanwhile.
    return 0;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

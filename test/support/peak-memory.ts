import { readFileSync } from "node:fs";
import type { Ended, Program } from "./processes.ts";

/** How the program ended, and the most memory that it held at once, bytes. */
export type Measured = Ended & { readonly peakBytes: number };

const LOOK_EVERY_MS = 20;

/** Follow a program to its end. The kernel keeps the peak itself, so that no look in between is missed. */
export async function measureToEnd(program: Program): Promise<Measured> {
  let peakBytes = 0;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakBytesOf(program.pid));
  }, LOOK_EVERY_MS);
  try {
    return { ...(await program.ended), peakBytes };
  } finally {
    clearInterval(timer);
  }
}

/** 0 when it has ended. Source: proc(5), VmHWM in KiB. */
export function peakBytesOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

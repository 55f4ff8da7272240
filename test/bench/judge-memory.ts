import { MIB, renderBytes } from "@stickfarm/common/bytes";
import type { Verdict } from "./results.ts";
import type { MemoryPeak } from "./watch-memory.ts";

export type MemoryRow = MemoryPeak & { readonly drives: number; readonly imageBytes: number };

const AGENT_MAX = 200 * MIB;
const DRIVE_MAX = 60 * MIB;

/** The agent with its writers; the second line shows what counting shared pages for each of them would make of it. */
export function judgeMemory(row: MemoryRow): Verdict[] {
  const { drives, imageBytes, proportionalBytes, residentBytes } = row;
  const setting = `${renderBytes(imageBytes)} onto ${drives} ${drives === 1 ? "drive" : "drives"}`;
  const max = (AGENT_MAX + drives * DRIVE_MAX) / MIB;
  return [
    judge(`${setting}: peak MiB, shared pages once`, proportionalBytes, max),
    judge(`${setting}: peak MiB, shared pages in each process`, residentBytes, max),
  ];
}

function judge(bar: string, bytes: number, max: number): Verdict {
  const value = bytes / MIB;
  const reached = value <= max;
  return { bar, value, noise: 0, max, reached, binds: reached ? "" : "agent and writers together" };
}

import type { WritePolicy } from "@stickfarm/common/build/write-policy";
import type { Problem } from "@stickfarm/common/problem";
import type { WriteEvidence } from "./writer-protocol.ts";

/**
 * Why a drive on which everything is right in the end is not good enough; `null` when it is.
 *
 * Problems: drive_repaired.
 */
export function judgeRepairs(
  { repairedRanges, repairedBytes }: Pick<WriteEvidence, "repairedRanges" | "repairedBytes">,
  { acceptRepaired }: Pick<WritePolicy, "acceptRepaired">,
): Problem | null {
  if (repairedRanges === 0 || acceptRepaired) return null;
  const ranges = repairedRanges === 1 ? "1 range" : `${repairedRanges} ranges`;
  return {
    code: "drive_repaired",
    detail: `Cannot call the drive good: ${ranges}, ${repairedBytes} bytes in all, had to be written again and are right now`,
  };
}

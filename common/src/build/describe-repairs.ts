import { renderBytes } from "../bytes.ts";
import type { Evidence } from "./evidence.ts";

/** What of a drive had to be written again, for a person; `null` when nothing had. */
export function describeRepairs({
  repairedRanges,
  repairedBytes,
}: Pick<Evidence, "repairedRanges" | "repairedBytes">): string | null {
  if (repairedRanges === 0) return null;
  const ranges = repairedRanges === 1 ? "1 range" : `${repairedRanges} ranges`;
  return `repaired ${ranges}, ${renderBytes(repairedBytes)}`;
}

import { appendFile } from "node:fs/promises";
import { join } from "node:path";

/** Writes down what a fault led to and how long that took, for whoever ran the suite; nothing is held against a time. */
export async function record(fault: string, outcome: string, sinceMs: number): Promise<void> {
  const seconds = ((performance.now() - sinceMs) / 1000).toFixed(1);
  const folder = process.env["STICKFARM_WORKSTATION"] ?? ".";
  await appendFile(join(folder, "record.txt"), `${fault}: ${outcome}, ${seconds} s\n`);
}

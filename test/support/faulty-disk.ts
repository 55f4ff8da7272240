import { onTestFinished } from "vitest";
import type { DiskFaults } from "./faulty-disk/disk-faults.ts";
import { type FaultyDisk, openFaultyDisk } from "./faulty-disk/open-faulty-disk.ts";

/** A faulty disk that goes with the running test, passed or failed. Ask `whyNoFaultyDisk()` first. */
export async function faultyDisk(sizeBytes: number, faults: DiskFaults = {}): Promise<FaultyDisk> {
  const disk = await openFaultyDisk(sizeBytes, faults);
  onTestFinished(disk.close);
  return disk;
}

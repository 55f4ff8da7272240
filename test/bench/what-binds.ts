import { median } from "./median.ts";
import type { Measured, Run, StickTime } from "./results.ts";

/** Above it more processors, or less work for them, would be the only help. */
const BUSY_MIN = 0.85;
const DISK_WAIT_MIN = 0.2;

/** What a method waited for, from what the kernel and the writers said while it ran. */
export function whatBinds(
  samples: readonly Measured[],
  { limitSeconds }: Pick<Run, "limitSeconds">,
): string {
  const of = (field: "busyShare" | "diskWaitShare"): number =>
    median(samples.map((sample) => sample[field]));
  const busy = `processors ${percent(of("busyShare"))} busy`;
  const phases = describePhases(samples.flatMap(({ sticks }) => sticks));
  const told = phases === "" ? busy : `${busy}; ${phases}`;
  if (of("busyShare") >= BUSY_MIN) return `the processors: ${told}`;
  if (of("diskWaitShare") >= DISK_WAIT_MIN)
    return `the disk, waited for ${percent(of("diskWaitShare"))} of the time: ${told}`;
  if (limitSeconds !== null) return `beyond the drives' ${limitSeconds.toFixed(2)} s: ${told}`;
  return `neither processors nor disk: ${told}`;
}

function describePhases(sticks: readonly StickTime[]): string {
  if (sticks.length === 0) return "";
  const seconds = (field: "readySeconds" | "writeSeconds" | "verifySeconds"): string =>
    median(sticks.map((stick) => stick[field])).toFixed(2);
  return `ready after ${seconds("readySeconds")} s, wrote for ${seconds("writeSeconds")} s, verified for ${seconds("verifySeconds")} s`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

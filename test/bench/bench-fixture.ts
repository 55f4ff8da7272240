import type { Measured, Run, StickTime } from "./results.ts";

/** A sample that took so long, on a machine with nothing else to do. */
export function sampleOf(
  wallSeconds: number,
  { cpuSeconds = 1, ...more }: Partial<Measured> = {},
): Measured {
  return {
    wallSeconds,
    cpuSeconds,
    peakBytes: 0,
    busyShare: 0.5,
    diskWaitShare: 0,
    sticks: [],
    ...more,
  };
}

export function stickOf(doneSeconds: number): StickTime {
  return {
    doneSeconds,
    readySeconds: 0.25,
    writeSeconds: 12,
    verifySeconds: 2.5,
    writtenBytes: 0,
    comparedBytes: 0,
  };
}

export function runOf(samples: Run["samples"], more: Partial<Run> = {}): Run {
  return { setting: "8 x loop", targets: 8, peakBytes: {}, limitSeconds: null, samples, ...more };
}

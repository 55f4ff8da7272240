/** Where targets lie: files on the disk, or loop devices over files in memory. */
export type Place = "file" | "loop";

export const METHODS = ["dd + cmp", "exact", "mapped"] as const;
export type Method = (typeof METHODS)[number];

export type Setting = { readonly place: Place; readonly targets: number };

export type Row = Setting & {
  readonly method: Method;
  /** Medians over the rounds. */
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** Medians of the ratios to dd + cmp of the same round. */
  readonly wallRatio: number;
  readonly cpuRatio: number;
  /** Of a round of its own: looking costs time. */
  readonly peakBytes: number;
};

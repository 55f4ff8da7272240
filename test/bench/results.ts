/** Where targets lie: files on the disk, or loop devices over files in memory. */
export const PLACES = ["file", "loop"] as const;
export type Place = (typeof PLACES)[number];

export type Setting = { readonly place: Place; readonly targets: number };

/** How long one stick of ours took, and with what. */
export type StickTime = {
  /** From the first look at all drives to this one's end. */
  readonly doneSeconds: number;
  /** Until its writer had laid everything out. */
  readonly readySeconds: number;
  readonly writeSeconds: number;
  readonly verifySeconds: number;
  readonly writtenBytes: number;
  readonly comparedBytes: number;
};

/** One method, once. */
export type Measured = {
  readonly wallSeconds: number;
  /** User and system, of this process and of every child that has ended. */
  readonly cpuSeconds: number;
  /** The largest sum of resident memory of this process and all below it; 0 when not watched. */
  readonly peakBytes: number;
  /** Shares of the whole machine's processor time, whoever used it: 0 to 1. */
  readonly busyShare: number;
  readonly diskWaitShare: number;
  /** Of our own engine; of others nothing is known. */
  readonly sticks: readonly StickTime[];
};

/** What was measured in turn, one sample of each method a round. */
export type Run = {
  /** "8 x loop". */
  readonly setting: string;
  readonly targets: number;
  readonly samples: Readonly<Record<string, readonly Measured[]>>;
  /** Of a round of its own, because looking costs time; empty where nobody looked. */
  readonly peakBytes: Readonly<Record<string, number>>;
  /** What the drives' speeds allow, for methods that are bound by it. */
  readonly limitSeconds: number | null;
};

export type Verdict = {
  readonly bar: string;
  readonly value: number;
  /** Half of the distance from the least to the greatest of the rounds. */
  readonly noise: number;
  readonly max: number;
  readonly reached: boolean;
  /** What held a missed bar; empty when it was reached. */
  readonly binds: string;
};

/** Of one group of rows. */
export type GroupResult = {
  readonly runs: readonly Run[];
  readonly verdicts: readonly Verdict[];
  /** Why something was not measured, as "8 x loop: ...". */
  readonly skipped: readonly string[];
  /** A finding that fits no row. */
  readonly remarks: readonly string[];
};

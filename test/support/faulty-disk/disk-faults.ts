/**
 * What a faulty disk does wrong. Everything may change while it runs; what is left out is in order.
 *
 * Capacity as f3 names it: limbo (`realBytes` alone), wraparound (`wrapBytes` = `realBytes`), chain (`wrapBytes` larger than
 * `realBytes`). Source: f3 src/libdevs.h.
 */
export type DiskFaults = {
  readonly writeBytesPerSecond?: number;
  readonly readBytesPerSecond?: number;
  /** Before each operation. */
  readonly latencyMs?: number;
  /** Cells that there are: what is written beyond is lost, and read as zeros. */
  readonly realBytes?: number;
  /** Addresses begin anew here. */
  readonly wrapBytes?: number;
  /** So much of what was written last is read back as it was written, wherever it belongs: the cache of a fake. */
  readonly cacheBytes?: number;
  readonly errors?: readonly DiskError[];
  readonly corruptions?: readonly Corruption[];
  /** Writes and flushes fail with EPERM. */
  readonly readOnly?: boolean;
  readonly hang?: {
    readonly op: DiskOp | "all";
    /** Counted from the disk's beginning; 0 when left out. */
    readonly afterWrittenBytes?: number;
  };
};

export const DISK_OPS = ["read", "write", "flush", "trim"] as const;
export type DiskOp = (typeof DISK_OPS)[number];

/** Operations that touch the range fail. */
export type DiskError = {
  readonly op: DiskOp;
  readonly fromBytes: number;
  readonly toBytes: number;
  /** The number itself: 5 EIO, 28 ENOSPC. */
  readonly errno: number;
  /** Then no more; always, when left out. */
  readonly times?: number;
};

/** On a write the cells become wrong; on a read they stay right. */
export type Corruption = {
  readonly on: "read" | "write";
  readonly atBytes: number;
  readonly lengthBytes: number;
  readonly xor: number;
  /** Operations that are spoiled; all, when left out. */
  readonly times?: number;
};

/** Counted since the disk began. */
export type DiskStatistics = {
  readonly readBytes: number;
  readonly writtenBytes: number;
  readonly reads: number;
  readonly writes: number;
  readonly flushes: number;
  readonly errors: number;
  readonly corrupted: number;
  /** Operations that hang now. */
  readonly hanging: number;
};

/** To the process that is the disk, one JSON object a line; each gets one answer, in order. */
export type DiskCommand =
  | { readonly kind: "set"; readonly faults: DiskFaults }
  | { readonly kind: "statistics" }
  | { readonly kind: "yank" };

/** The first one comes unasked, as soon as the disk is there. */
export type DiskAnswer =
  | { readonly kind: "ready"; readonly path: string; readonly statistics: DiskStatistics }
  | { readonly kind: "failed"; readonly detail: string };

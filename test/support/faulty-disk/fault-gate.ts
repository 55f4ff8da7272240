import { setTimeout as sleep } from "node:timers/promises";
import type { DiskError, DiskFaults, DiskOp } from "./disk-faults.ts";

/** What an operation goes through before the cells are touched: hangs, errors, speed. */
export type FaultGate = {
  /** Gives an errno, 0 when it may go on. */
  readonly pass: (op: DiskOp, atBytes: number, lengthBytes: number) => Promise<number>;
  /** Spoils what a corruption of the moment touches. */
  readonly spoil: (on: "read" | "write", buffer: Buffer, atBytes: number) => void;
  readonly faults: () => DiskFaults;
  /** In place of those before; what hangs goes on, unless it hangs still. */
  readonly set: (faults: DiskFaults) => void;
  readonly counts: () => {
    readonly errors: number;
    readonly corrupted: number;
    readonly hanging: number;
  };
};

/** Credit that an idle disk has for its next operation. */
const IDLE_CREDIT_MS = 20;
const EPERM = 1;

/** `writtenBytes` tells how much has been written, for hangs that begin later. */
export function openFaultGate(writtenBytes: () => number): FaultGate {
  const timesUsed = new Map<object, number>();
  const pace = openPace();
  const count = { errors: 0, corrupted: 0 };
  let faults: DiskFaults = {};
  let held: (() => void)[] = [];

  /** Whether a fault that is there for a number of times is still there. */
  const use = (fault: { readonly times?: number }): boolean => {
    const used = timesUsed.get(fault) ?? 0;
    timesUsed.set(fault, used + 1);
    return fault.times === undefined || used < fault.times;
  };

  return {
    pass: async (op, atBytes, lengthBytes) => {
      while (hangs(faults, op, writtenBytes())) await new Promise<void>((go) => held.push(go));
      const touches = (error: DiskError): boolean =>
        error.op === op && atBytes < error.toBytes && atBytes + lengthBytes > error.fromBytes;
      const error = faults.errors?.find((one) => touches(one) && use(one));
      if (error !== undefined) count.errors += 1;
      if (error !== undefined) return error.errno;
      if (faults.readOnly === true && op !== "read") return EPERM;
      await pace(faults, op, lengthBytes);
      return 0;
    },
    spoil: (on, buffer, atBytes) => {
      for (const one of faults.corruptions ?? []) {
        const from = Math.max(atBytes, one.atBytes) - atBytes;
        const to = Math.min(atBytes + buffer.length, one.atBytes + one.lengthBytes) - atBytes;
        if (one.on !== on || from >= to || !use(one)) continue;
        count.corrupted += 1;
        for (let at = from; at < to; at += 1) buffer.writeUInt8(buffer.readUInt8(at) ^ one.xor, at);
      }
    },
    faults: () => faults,
    set: (next) => {
      faults = next;
      const goOn = held;
      held = [];
      for (const go of goOn) go();
    },
    counts: () => ({ ...count, hanging: held.length }),
  };
}

function hangs({ hang }: DiskFaults, op: DiskOp, writtenBytes: number): boolean {
  if (hang === undefined || writtenBytes < (hang.afterWrittenBytes ?? 0)) return false;
  return hang.op === "all" || hang.op === op;
}

/** Reads and writes each have a lane of their own, which is busy for as long as their bytes take. */
function openPace(): (faults: DiskFaults, op: DiskOp, lengthBytes: number) => Promise<void> {
  const busyUntilMs = { read: 0, write: 0 };
  return async (faults, op, lengthBytes) => {
    if (faults.latencyMs !== undefined) await sleep(faults.latencyMs);
    if (op !== "read" && op !== "write") return;
    const speed = op === "read" ? faults.readBytesPerSecond : faults.writeBytesPerSecond;
    if (speed === undefined) return;
    const nowMs = performance.now();
    const fromMs = Math.max(busyUntilMs[op], nowMs - IDLE_CREDIT_MS);
    busyUntilMs[op] = fromMs + (lengthBytes * 1000) / speed;
    if (busyUntilMs[op] > nowMs) await sleep(busyUntilMs[op] - nowMs);
  };
}

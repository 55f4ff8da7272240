import { closeSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import type { DiskFaults, DiskStatistics } from "./disk-faults.ts";
import { openFaultGate } from "./fault-gate.ts";
import { openFlashCache } from "./flash-cache.ts";

/** The disk itself: cells in a file, and the faults of the moment. Operations give an errno, 0 when all is well. */
export type FaultyStore = {
  /** Fills the buffer. */
  readonly read: (buffer: Buffer, atBytes: number) => Promise<number>;
  /** May change the buffer. */
  readonly write: (buffer: Buffer, atBytes: number) => Promise<number>;
  readonly flush: () => Promise<number>;
  readonly trim: (lengthBytes: number, atBytes: number) => Promise<number>;
  readonly set: (faults: DiskFaults) => void;
  readonly statistics: () => DiskStatistics;
  readonly close: () => void;
};

export function openFaultyStore(file: string, sizeBytes: number): FaultyStore {
  const fd = openSync(file, "w+");
  ftruncateSync(fd, sizeBytes);
  const count = { readBytes: 0, writtenBytes: 0, reads: 0, writes: 0, flushes: 0 };
  const gate = openFaultGate(() => count.writtenBytes);
  const flash = openFlashCache();
  return {
    read: async (buffer, atBytes) => {
      const errno = await gate.pass("read", atBytes, buffer.length);
      if (errno !== 0) return errno;
      for (const run of cellsOf(gate.faults(), buffer, atBytes)) {
        if (run.cell === null) run.bytes.fill(0);
        else readCells(fd, run.bytes, run.cell);
      }
      flash.overlay(buffer, atBytes);
      gate.spoil("read", buffer, atBytes);
      count.reads += 1;
      count.readBytes += buffer.length;
      return 0;
    },
    write: async (buffer, atBytes) => {
      const errno = await gate.pass("write", atBytes, buffer.length);
      if (errno !== 0) return errno;
      gate.spoil("write", buffer, atBytes);
      for (const { bytes, cell } of cellsOf(gate.faults(), buffer, atBytes)) {
        if (cell !== null) writeSync(fd, bytes, 0, bytes.length, cell);
      }
      flash.keep(buffer, atBytes, gate.faults().cacheBytes ?? 0);
      count.writes += 1;
      count.writtenBytes += buffer.length;
      return 0;
    },
    flush: async () => {
      const errno = await gate.pass("flush", 0, sizeBytes);
      if (errno === 0) count.flushes += 1;
      return errno;
    },
    trim: (lengthBytes, atBytes) => gate.pass("trim", atBytes, lengthBytes),
    set: gate.set,
    statistics: () => ({ ...count, ...gate.counts() }),
    close: () => closeSync(fd),
  };
}

/** Where the bytes of a range really lie, side by side; `null`: nowhere. */
function* cellsOf(
  { realBytes = Number.MAX_SAFE_INTEGER, wrapBytes = Number.MAX_SAFE_INTEGER }: DiskFaults,
  buffer: Buffer,
  atBytes: number,
): Generator<{ readonly bytes: Buffer; readonly cell: number | null }> {
  for (let done = 0; done < buffer.length; ) {
    const cell = (atBytes + done) % wrapBytes;
    const isReal = cell < realBytes;
    const end = isReal ? Math.min(realBytes, wrapBytes) : wrapBytes;
    const lengthBytes = Math.min(buffer.length - done, end - cell);
    yield { bytes: buffer.subarray(done, done + lengthBytes), cell: isReal ? cell : null };
    done += lengthBytes;
  }
}

function readCells(fd: number, bytes: Buffer, cell: number): void {
  const got = readSync(fd, bytes, 0, bytes.length, cell);
  bytes.fill(0, got);
}

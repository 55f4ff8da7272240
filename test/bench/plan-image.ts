import { MIB } from "@stickfarm/common/bytes";
import type { ByteRange } from "@stickfarm/common/media/manifest";

const UNIT_BYTES = 64 * 1024;
/** What has changed between two builds lies together in pieces of this length. */
const CHANGE_BYTES = MIB;

/** Ranges of 64 KiB to 16 MiB with gaps of two thirds of that, always the same: 60 % of an image. */
export function planMapped(sizeBytes: number): ByteRange[] {
  const ranges: ByteRange[] = [];
  let state = 1;
  for (let offsetBytes = 0; offsetBytes < sizeBytes; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const units = 1 + ((state >>> 16) % 256);
    const lengthBytes = Math.min(units * UNIT_BYTES, sizeBytes - offsetBytes);
    ranges.push({ offsetBytes, lengthBytes });
    offsetBytes += lengthBytes + Math.round((units * 2) / 3) * UNIT_BYTES;
  }
  return ranges;
}

/** Of the whole MiB that hold something mapped, one in `every`, as far as it is mapped. */
export function planChanged(mapped: readonly ByteRange[], every: number): ByteRange[] {
  const changed: ByteRange[] = [];
  let slots = 0;
  let lastSlot = -1;
  for (const { offsetBytes, lengthBytes } of mapped) {
    const endBytes = offsetBytes + lengthBytes;
    for (let at = offsetBytes; at < endBytes; ) {
      const slot = Math.floor(at / CHANGE_BYTES);
      const until = Math.min((slot + 1) * CHANGE_BYTES, endBytes);
      if (slot !== lastSlot) slots += 1;
      lastSlot = slot;
      if (slots % every === 0) changed.push({ offsetBytes: at, lengthBytes: until - at });
      at = until;
    }
  }
  return changed;
}

export function sumLengths(ranges: readonly ByteRange[]): number {
  return ranges.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
}

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

/** One MiB of every `every` of what is mapped, spread evenly; the last part of it may be shorter. */
export function planChanged(mapped: readonly ByteRange[], every: number): ByteRange[] {
  const changed: ByteRange[] = [];
  let beforeBytes = 0;
  for (const { offsetBytes, lengthBytes } of mapped) {
    for (let at = 0; at < lengthBytes; ) {
      const place = beforeBytes + at;
      const partBytes = Math.min(CHANGE_BYTES - (place % CHANGE_BYTES), lengthBytes - at);
      if (Math.floor(place / CHANGE_BYTES) % every === every >> 1)
        changed.push({ offsetBytes: offsetBytes + at, lengthBytes: partBytes });
      at += partBytes;
    }
    beforeBytes += lengthBytes;
  }
  return changed;
}

export function sumLengths(ranges: readonly ByteRange[]): number {
  return ranges.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
}

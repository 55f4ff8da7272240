/**
 * For the tests beside: drives of any claimed size that keep less, as f3 knows them. Memory is taken for what is written
 * and kept only.
 *
 * Source: f3 10 src/libdevs.c, create_file_device and ftype_to_params of src/f3probe.c.
 */
import { MIB } from "@stickfarm/common/bytes";
import { ok } from "@stickfarm/common/result";
import type { OpenDrive } from "../calls/open-drive.ts";

export type FakeDrive = {
  readonly claimedBytes: number;
  /** What lies beyond is lost. */
  readonly realBytes: number;
  /** Addresses are taken modulo this; without it they are not. */
  readonly wrapBytes?: number;
  /** A cache for what is lost: the last that was written to each of its places is read back. */
  readonly cacheBytes?: number;
  /** Whether the cache knows whose it holds; else it gives back whatever stands there. */
  readonly strict?: boolean;
};

const SECTOR_BYTES = 512;
const PAGE_BYTES = MIB;

export function openFakeDrive(fake: FakeDrive): OpenDrive {
  const memory = openPages();
  const cache = openPages();
  const { cacheBytes = 0, strict = true } = fake;
  const owners = new Float64Array(cacheBytes / SECTOR_BYTES).fill(-1);
  return {
    flush: async () => ok(undefined),
    write: async (buffer, offsetBytes) => {
      for (const { bytes, at, isKept } of spansOf(buffer, offsetBytes, fake)) {
        if (isKept) memory.write(bytes, at);
        else if (cacheBytes > 0) {
          cache.write(bytes, at % cacheBytes);
          if (strict) owners[(at % cacheBytes) / SECTOR_BYTES] = at;
        }
      }
      return ok(undefined);
    },
    read: async (buffer, offsetBytes) => {
      for (const { bytes, at, isKept } of spansOf(buffer, offsetBytes, fake)) {
        const cacheAt = at % cacheBytes;
        if (isKept) memory.read(bytes, at);
        else if (cacheBytes === 0) bytes.fill(0);
        else if (strict && owners[cacheAt / SECTOR_BYTES] !== at) bytes.fill(0);
        else cache.read(bytes, cacheAt);
      }
      return ok(undefined);
    },
  };
}

type Span = { readonly bytes: Buffer; readonly at: number; readonly isKept: boolean };

/** Parts of a request that lie side by side in truth; a strict cache is asked sector by sector. */
function* spansOf(buffer: Buffer, offsetBytes: number, fake: FakeDrive): Generator<Span> {
  const { realBytes, wrapBytes = Number.POSITIVE_INFINITY } = fake;
  for (let from = 0; from < buffer.length; ) {
    const address = offsetBytes + from;
    const folded = address % wrapBytes;
    const isKept = folded < realBytes;
    const roomBytes = isKept
      ? Math.min(realBytes, wrapBytes) - folded
      : Math.min(wrapBytes - folded, cacheRoom(address, fake));
    const bytes = buffer.subarray(from, from + roomBytes);
    yield { bytes, at: isKept ? folded : address, isKept };
    from += bytes.length;
  }
}

function cacheRoom(address: number, { cacheBytes = 0, strict = true }: FakeDrive): number {
  if (cacheBytes === 0) return Number.POSITIVE_INFINITY;
  return strict ? SECTOR_BYTES : cacheBytes - (address % cacheBytes);
}

/** Bytes by address; zero where nothing was written. */
function openPages() {
  const pages = new Map<number, Buffer>();
  const visit = (
    bytes: Buffer,
    at: number,
    copy: (part: Buffer, page: number, in_: number) => void,
  ) => {
    for (let from = 0; from < bytes.length; ) {
      const inPage = (at + from) % PAGE_BYTES;
      const part = bytes.subarray(from, from + PAGE_BYTES - inPage);
      copy(part, Math.floor((at + from) / PAGE_BYTES), inPage);
      from += part.length;
    }
  };
  return {
    write: (bytes: Buffer, at: number) =>
      visit(bytes, at, (part, page, inPage) => {
        const kept = pages.get(page) ?? Buffer.alloc(PAGE_BYTES);
        pages.set(page, kept);
        part.copy(kept, inPage);
      }),
    read: (bytes: Buffer, at: number) =>
      visit(bytes, at, (part, page, inPage) => {
        const kept = pages.get(page);
        if (kept === undefined) part.fill(0);
        else kept.copy(part, 0, inPage);
      }),
  };
}

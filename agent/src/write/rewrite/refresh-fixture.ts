/** For the tests beside: a stick that holds an image already, and whatever is done to it. */
import { onTestFinished } from "vitest";
import type { OpenDrive } from "../calls/open-drive.ts";
import {
  imageExtents,
  KIB,
  type MemoryDrive,
  MIB,
  makeCache,
  noise,
  openMemoryDrive,
  runPasses,
} from "../write-fixture.ts";

export const geometry = { sizeBytes: 24 * MIB, logicalBlockBytes: 512 };
export const PIECE = 256 * KIB;
/** The last pieces are zeros, long enough to be looked at rather than written. */
export const bytes = noise(16 * MIB).fill(0, 14 * MIB);
export const CONTENT_BYTES = 13 * MIB;

type Options = Partial<Parameters<typeof runPasses>[0]> & { readonly drive: OpenDrive };

export const compared = { rewrite: "refresh", proof: "compared" } as const;
export const readBack = { rewrite: "refresh", proof: "read-back" } as const;

/** A stick that holds the image already, but for what was done to it since; its reads and writes are noted from here on. */
export async function setUp(harm: (stick: Buffer) => void = () => {}) {
  const cache = await makeCache(onTestFinished);
  const image = await cache.add(bytes);
  const drive = openMemoryDrive(geometry);
  bytes.copy(drive.bytes);
  harm(drive.bytes);
  const run = (options: Options) =>
    runPasses({ geometry, cache, blobs: [image], extents: imageExtents(image), ...options });
  return { cache, image, drive, run, calls: noteCalls(drive) };
}

type Call = {
  readonly kind: "read" | "write" | "flush";
  readonly at: number;
  readonly bytes: number;
};

function noteCalls(drive: MemoryDrive) {
  const calls: Call[] = [];
  const noted: OpenDrive = {
    read: (buffer, at) => {
      calls.push({ kind: "read", at, bytes: buffer.length });
      return drive.read(buffer, at);
    },
    write: (buffer, at) => {
      calls.push({ kind: "write", at, bytes: buffer.length });
      return drive.write(buffer, at);
    },
    flush: () => {
      calls.push({ kind: "flush", at: 0, bytes: 0 });
      return drive.flush();
    },
  };
  /** Past the first MiB and before the last, which are erased. */
  const inside = (kind: Call["kind"]) =>
    calls.filter((call) => call.kind === kind && call.at >= MIB && call.at < 23 * MIB);
  return { noted, calls, inside };
}

export const flip = (at: number) => (stick: Buffer) => stick.writeUInt8((stick[at] ?? 0) ^ 1, at);
export const sum = (calls: readonly Call[]): number =>
  calls.reduce((all, call) => all + call.bytes, 0);

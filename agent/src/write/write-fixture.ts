/** For the tests beside: a drive in memory, a cache on disk, and a run of all passes. */
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  PLAIN_POLICY,
  type WritePolicy,
  type WriteProof,
} from "@stickfarm/common/build/write-policy";
import { invariant } from "@stickfarm/common/invariant";
import type { DriveGeometry, Extent } from "@stickfarm/common/layout/extent";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { diceOf } from "@stickfarm/common/test-dice";
import { pieceHashesPath, startPieceHasher } from "../content/piece-hashes.ts";
import { openCachedBlobs } from "./cached-blobs.ts";
import type { OpenDrive } from "./calls/open-drive.ts";
import { planWrite } from "./plan-write.ts";
import { TAG_BYTES } from "./probe/probe-block.ts";
import { sealDrive } from "./seal-drive.ts";
import { isZeroPieceOf, openWork } from "./work.ts";
import { writeAndVerify } from "./write-and-verify.ts";
import type { WriteEvidence, WriterPhase } from "./writer-protocol.ts";

export const KIB = 1024;
export const MIB = 1024 * KIB;

/** What an old stick might hold: written over, or left where nothing is to be written. */
export const OLD_BYTE = 0xa5;

export type MemoryDrive = OpenDrive & {
  readonly bytes: Buffer;
  /** Every write, in order. */
  readonly writes: { readonly offsetBytes: number; readonly lengthBytes: number }[];
};

/** A drive of real or pretended size; `place` says where an address really lies, or `null` when it is lost. */
export function openMemoryDrive(
  { sizeBytes, logicalBlockBytes }: DriveGeometry,
  place: (block: number) => number | null = (block) => block,
): MemoryDrive {
  const bytes = Buffer.alloc(sizeBytes, OLD_BYTE);
  const writes: { offsetBytes: number; lengthBytes: number }[] = [];
  /** Runs of blocks that lie side by side in truth too. */
  const runsOf = (buffer: Buffer, offsetBytes: number) => {
    invariant(offsetBytes % logicalBlockBytes === 0, `offset ${offsetBytes} is aligned`);
    invariant(buffer.length % logicalBlockBytes === 0, `length ${buffer.length} is aligned`);
    invariant(buffer.byteOffset % logicalBlockBytes === 0, "the buffer is aligned");
    const runs: { in: Buffer; at: number | null }[] = [];
    for (let from = 0; from < buffer.length; from += logicalBlockBytes) {
      const real = place((offsetBytes + from) / logicalBlockBytes);
      const at = real === null ? null : real * logicalBlockBytes;
      const last = runs.at(-1);
      const goesOn = at === null ? last?.at === null : last?.at === at - (last?.in.length ?? 0);
      if (last !== undefined && goesOn) {
        const start = last.in.byteOffset - buffer.byteOffset;
        last.in = buffer.subarray(start, from + logicalBlockBytes);
      } else {
        runs.push({ in: buffer.subarray(from, from + logicalBlockBytes), at });
      }
    }
    return runs;
  };
  return {
    bytes,
    writes,
    read: async (buffer, offsetBytes) => {
      if (offsetBytes + buffer.length > sizeBytes) return outside("read", offsetBytes);
      for (const run of runsOf(buffer, offsetBytes)) {
        if (run.at === null) run.in.fill(0);
        else bytes.copy(run.in, 0, run.at, run.at + run.in.length);
      }
      return ok(undefined);
    },
    write: async (buffer, offsetBytes) => {
      if (offsetBytes + buffer.length > sizeBytes) return outside("write", offsetBytes);
      for (const run of runsOf(buffer, offsetBytes)) {
        if (run.at !== null) run.in.copy(bytes, run.at);
      }
      writes.push({ offsetBytes, lengthBytes: buffer.length });
      return ok(undefined);
    },
    flush: async () => ok(undefined),
  };
}

function outside(doing: "read" | "write", offsetBytes: number): Result<never> {
  const detail = `Cannot ${doing} the drive at byte ${offsetBytes}: it ends there`;
  return fail({ code: doing === "read" ? "drive_gone" : "write_failed", detail });
}

export type Cache = {
  readonly directory: string;
  readonly add: (bytes: Buffer) => Promise<BlobRef>;
};

/** `atEnd` is given what removes it. */
export async function makeCache(atEnd: (remove: () => Promise<void>) => void): Promise<Cache> {
  const directory = await makeTemporaryFolder(atEnd);
  return {
    directory,
    add: async (bytes) => {
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const hasher = startPieceHasher();
      hasher.update(bytes);
      await writeFile(join(directory, sha256), bytes);
      await writeFile(pieceHashesPath(join(directory, sha256)), hasher.finish());
      return { sha256, sizeBytes: bytes.length };
    },
  };
}

export type Run = {
  readonly verified: Result<WriteEvidence | null>;
  /** `null` when nothing was proven. */
  readonly proof: WriteProof | null;
  readonly seal: () => Promise<Result<void>>;
};

/** Everything but the seal, as the writer does it; `onPhase` may do harm. */
export async function runPasses(options: {
  readonly drive: OpenDrive;
  readonly geometry: DriveGeometry;
  readonly extents: readonly Extent[];
  readonly cache: Cache;
  readonly blobs: readonly BlobRef[];
  readonly signal?: AbortSignal;
  readonly policy?: Partial<WritePolicy>;
  readonly onPhase?: (phase: WriterPhase, totalBytes: number) => void;
  readonly onProgress?: (bytes: number) => void;
  readonly nowMs?: () => number;
}): Promise<Run> {
  const blobs = openCachedBlobs(options.cache.directory, options.blobs);
  invariant(blobs.ok, "the cache holds the blobs");
  const signal = options.signal ?? new AbortController().signal;
  const work = openWork(options.drive, blobs.value, signal);
  const plan = planWrite(options.extents, options.geometry, isZeroPieceOf(work));
  const policy = { ...PLAIN_POLICY, ...options.policy };
  const proven = await writeAndVerify(
    work,
    { plan, policy },
    {
      nowMs: options.nowMs ?? (() => 0),
      random: diceOf(1),
      tag: noise(2 * TAG_BYTES).subarray(0, TAG_BYTES),
      onPhase: (phase, totalBytes) => {
        options.onPhase?.(phase, totalBytes);
        return (bytes) => options.onProgress?.(bytes);
      },
    },
  );
  const value = proven.ok ? proven.value : null;
  const verified = proven.ok ? ok(value?.evidence ?? null) : proven;
  return { verified, proof: value?.proof ?? null, seal: () => sealDrive(work, plan.seal) };
}

/** The extents of an image: all of it, or the ranges that are mapped. */
export function imageExtents(
  image: BlobRef,
  ranges: readonly (readonly [number, number])[] = [[0, image.sizeBytes]],
): Extent[] {
  return ranges.map(([from, to]) => ({
    offsetBytes: from,
    lengthBytes: to - from,
    source: { kind: "blob", sha256: image.sha256, blobOffsetBytes: from },
  }));
}

/** Bytes that look random and are the same in every run. */
export function noise(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let at = 0; at + 4 <= length; at += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes.writeUInt32LE(state, at);
  }
  return bytes;
}

import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BLANK_BYTES, type Extent, SEAL_BYTES } from "@stickfarm/common/layout/extent";
import { fail } from "@stickfarm/common/result";
import { expect, onTestFinished, test } from "vitest";
import {
  imageExtents,
  KIB,
  type MemoryDrive,
  MIB,
  makeCache,
  noise,
  OLD_BYTE,
  openMemoryDrive,
  runPasses,
} from "./write-fixture.ts";

const geometry = { sizeBytes: 24 * MIB, logicalBlockBytes: 512 };
const zerosAt = [6 * MIB, 11 * MIB] as const;

const bytes = noise(16 * MIB).fill(0, ...zerosAt);

type Harm = Partial<Parameters<typeof runPasses>[0]> & { readonly drive: MemoryDrive };

/** A cache with the image in it, and what writes the image to a drive. */
async function setUp() {
  const cache = await makeCache(onTestFinished);
  const image = await cache.add(bytes);
  const run = (options: Harm) =>
    runPasses({ geometry, cache, blobs: [image], extents: imageExtents(image), ...options });
  return { cache, image, run };
}

test("writeAndVerify() puts the image on a stick full of old data, and the seal its first MiB", async () => {
  const { run } = await setUp();
  const drive = openMemoryDrive(geometry);
  const { verified, seal } = await run({ drive });
  expect(verified).toMatchObject({
    ok: true,
    value: { writtenBytes: 15 * MIB, verifiedBytes: 15 * MIB, alreadyZeroBytes: 0 },
  });
  expect(isZero(drive.bytes.subarray(0, BLANK_BYTES))).toBe(true);
  expect(drive.bytes.subarray(SEAL_BYTES, bytes.length).equals(bytes.subarray(SEAL_BYTES))).toBe(
    true,
  );
  expect(drive.bytes.subarray(16 * MIB, 23 * MIB).every((byte) => byte === OLD_BYTE)).toBe(true);
  expect(isZero(drive.bytes.subarray(23 * MIB))).toBe(true);
  expect(await seal()).toMatchObject({ ok: true });
  expect(drive.bytes.subarray(0, bytes.length).equals(bytes)).toBe(true);
});

test("writeAndVerify() reads zeros that are there and does not write them", async () => {
  const { run } = await setUp();
  const drive = openMemoryDrive(geometry);
  await run({ drive });
  drive.writes.length = 0;
  const { verified } = await run({ drive });
  expect(verified).toMatchObject({
    value: { writtenBytes: 10 * MIB, verifiedBytes: 15 * MIB, alreadyZeroBytes: 5 * MIB },
  });
  const [from, to] = zerosAt;
  expect(drive.writes.filter((write) => within(write.offsetBytes, from, to))).toEqual([]);
});

test("writeAndVerify() writes zeros only where they are not there", async () => {
  const { run } = await setUp();
  const drive = openMemoryDrive(geometry);
  await run({ drive });
  drive.bytes[8 * MIB + 70 * KIB] = 1;
  drive.writes.length = 0;
  expect(await run({ drive })).toMatchObject({
    verified: { value: { alreadyZeroBytes: 5 * MIB - 64 * KIB, verifiedBytes: 15 * MIB } },
  });
  const inZeros = drive.writes.filter((write) => within(write.offsetBytes, ...zerosAt));
  expect(inZeros).toEqual([{ offsetBytes: 8 * MIB + 64 * KIB, lengthBytes: 64 * KIB }]);
  expect(drive.bytes[8 * MIB + 70 * KIB]).toBe(0);
});

test("writeAndVerify() leaves what a vouched map leaves out, and nothing else", async () => {
  const { image, run } = await setUp();
  const drive = openMemoryDrive(geometry);
  const extents = imageExtents(image, [
    [0, 4 * MIB],
    [12 * MIB, 16 * MIB],
  ]);
  const { verified, seal } = await run({ drive, extents });
  expect([verified.ok, (await seal()).ok]).toEqual([true, true]);
  const must = Buffer.alloc(24 * MIB, OLD_BYTE);
  bytes.copy(must, 0, 0, 4 * MIB);
  bytes.copy(must, 12 * MIB, 12 * MIB, 16 * MIB);
  expect(drive.bytes.equals(must.fill(0, 23 * MIB))).toBe(true);
});

test("writeAndVerify() pads the end of an image of odd length with zeros, and no further", async () => {
  const { cache, run } = await setUp();
  const odd = await cache.add(noise(3 * MIB + 1001));
  const drive = openMemoryDrive(geometry);
  const { verified } = await run({ drive, blobs: [odd], extents: imageExtents(odd) });
  expect(verified.ok).toBe(true);
  const end = 3 * MIB + 1024;
  expect(isZero(drive.bytes.subarray(3 * MIB + 1001, end))).toBe(true);
  expect(drive.bytes[end]).toBe(OLD_BYTE);
});

test("writeAndVerify() takes an image of exactly the drive's size, with blocks of 4096", async () => {
  const { run } = await setUp();
  const whole = { sizeBytes: 16 * MIB, logicalBlockBytes: 4096 };
  const drive = openMemoryDrive(whole);
  const { verified, seal } = await run({ drive, geometry: whole });
  expect([verified.ok, (await seal()).ok]).toEqual([true, true]);
  expect(drive.bytes.equals(bytes)).toBe(true);
});

test("writeAndVerify() names the byte that was changed behind its back", async () => {
  const { run } = await setUp();
  const drive = openMemoryDrive(geometry);
  const { verified } = await run({
    drive,
    onPhase: (phase) => {
      if (phase === "verify") drive.bytes.writeUInt8((drive.bytes[5_000_000] ?? 0) ^ 1, 5_000_000);
    },
  });
  expect(verified).toMatchObject({
    problem: { code: "verify_mismatch", detail: expect.stringContaining("5000000 to 5000000") },
  });
});

test("writeAndVerify() notices a change in bytes of the layout and in zeros that it wrote", async () => {
  const { run } = await setUp();
  const extents: Extent[] = [
    { offsetBytes: 2 * MIB, lengthBytes: 4096, source: { kind: "bytes", bytes: noise(4096) } },
    { offsetBytes: 4 * MIB, lengthBytes: MIB, source: { kind: "zero" } },
  ];
  for (const at of [2 * MIB + 77, 4 * MIB + 77]) {
    const drive = openMemoryDrive(geometry);
    const { verified } = await run({
      drive,
      extents,
      onPhase: (phase) => {
        if (phase === "verify") drive.bytes.writeUInt8((drive.bytes[at] ?? 0) ^ 1, at);
      },
    });
    expect(verified).toMatchObject({
      problem: { code: "verify_mismatch", detail: expect.stringContaining(`${at} to ${at}`) },
    });
  }
});

const FAKE_BLOCKS = (10 * MIB) / 512;

test.each([
  ["wraps around", (block: number) => block % FAKE_BLOCKS],
  ["drops what lies beyond", (block: number) => (block < FAKE_BLOCKS ? block : null)],
  ["keeps only its last blocks", (block: number) => Math.min(block, FAKE_BLOCKS)],
])("writeAndVerify() finds a fake stick that %s", async (_, place) => {
  const { run } = await setUp();
  const { verified } = await run({ drive: openMemoryDrive(geometry, place) });
  expect(verified).toMatchObject({ problem: { code: "verify_mismatch" } });
});

test("writeAndVerify() finds a far address that is the first MiB in disguise", async () => {
  const { image, run } = await setUp();
  const realBlocks = (12 * MIB) / 512;
  const drive = openMemoryDrive(geometry, (block) => block % realBlocks);
  const extents = imageExtents(image, [
    [0, 4 * MIB],
    [12 * MIB, 12 * MIB + 256 * KIB],
  ]);
  expect(await run({ drive, extents })).toMatchObject({
    verified: {
      problem: { code: "verify_mismatch", detail: expect.stringContaining("bytes 0 to") },
    },
  });
});

test("writeAndVerify() stops at the next chunk and leaves a stick that does not boot", async () => {
  const { run } = await setUp();
  const drive = openMemoryDrive(geometry);
  const stop = new AbortController();
  let chunks = 0;
  const { verified } = await run({
    drive,
    signal: stop.signal,
    onProgress: () => {
      chunks += 1;
      if (chunks === 2) stop.abort();
    },
  });
  expect(verified).toEqual({ ok: true, value: null });
  expect(isZero(drive.bytes.subarray(0, BLANK_BYTES))).toBe(true);
  expect(drive.bytes[15 * MIB]).toBe(OLD_BYTE);
});

test("writeAndVerify() ends with the first failed write", async () => {
  const { run } = await setUp();
  const drive = openMemoryDrive(geometry);
  const bad = { code: "write_failed", detail: "Cannot write the drive: injected" } as const;
  const { verified } = await run({
    drive: {
      ...drive,
      write: async (buffer, at) =>
        at >= 8 * MIB && at < 20 * MIB ? fail(bad) : drive.write(buffer, at),
    },
  });
  expect(verified).toEqual({ ok: false, problem: bad });
});

test("writeAndVerify() never flushes again after a flush failed", async () => {
  const { run } = await setUp();
  const drive = openMemoryDrive(geometry);
  let flushes = 0;
  const bad = { code: "write_failed", detail: "Cannot flush the drive: injected" } as const;
  const flush = async () => {
    flushes += 1;
    return flushes < 2 ? drive.flush() : fail(bad);
  };
  const { verified } = await run({ drive: { ...drive, flush } });
  expect(verified).toEqual({ ok: false, problem: bad });
  expect(flushes).toBe(2);
});

test("writeAndVerify() flushes the zeros that it wrote before it reads them back", async () => {
  const { run } = await setUp();
  const drive = openMemoryDrive(geometry);
  const calls: string[] = [];
  const noted = {
    ...drive,
    flush: () => {
      calls.push("flush");
      return drive.flush();
    },
    write: (buffer: Buffer, at: number) => {
      calls.push(within(at, ...zerosAt) ? "zeros" : "write");
      return drive.write(buffer, at);
    },
  };
  await run({ drive: noted });
  expect(calls.slice(calls.lastIndexOf("zeros"))).toEqual(["zeros", "flush"]);
});

test("writeAndVerify() notices a change in the zeros after the end of an odd image", async () => {
  const { cache, run } = await setUp();
  const odd = await cache.add(noise(3 * MIB + 1001));
  const drive = openMemoryDrive(geometry);
  const { verified } = await run({
    drive,
    blobs: [odd],
    extents: imageExtents(odd),
    onPhase: (phase) => {
      if (phase === "verify") drive.bytes[3 * MIB + 1010] = 1;
    },
  });
  const at = 3 * MIB + 1010;
  expect(verified).toMatchObject({
    problem: { code: "verify_mismatch", detail: expect.stringContaining(`${at} to ${at}`) },
  });
});

test("writeAndVerify() blames the cache for a blob that was cut or changed", async () => {
  const { cache, run } = await setUp();
  const drive = openMemoryDrive(geometry);
  const blob = await cache.add(noise(4 * MIB, 9));
  const path = join(cache.directory, blob.sha256);
  writeFileSync(path, noise(4 * MIB, 9).fill(1, 3 * MIB, 3 * MIB + 1));
  const options = { drive, blobs: [blob], extents: imageExtents(blob) };
  expect(await run(options)).toMatchObject({
    verified: {
      problem: { code: "cache_corrupt", detail: expect.stringContaining(`${3 * MIB} to`) },
    },
  });
  truncateSync(path, 2 * MIB);
  expect(await run(options)).toMatchObject({ verified: { problem: { code: "cache_corrupt" } } });
});

test("writeAndVerify() stops at the erase when the drive keeps what it held", async () => {
  const { run } = await setUp();
  const drive = openMemoryDrive(geometry, () => null);
  const stuck = {
    ...drive,
    read: async (buffer: Buffer) => ({ ok: true, value: void buffer.fill(1) }) as const,
  };
  expect(await run({ drive: stuck })).toMatchObject({
    verified: { problem: { code: "verify_mismatch", detail: expect.stringContaining("erase") } },
  });
  expect(drive.writes).toHaveLength(2);
});

function isZero(range: Buffer): boolean {
  return range.every((byte) => byte === 0);
}

function within(at: number, from: number, to: number): boolean {
  return at >= from && at < to;
}

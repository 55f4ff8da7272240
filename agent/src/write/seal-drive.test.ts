import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BLANK_BYTES, type Extent, SEAL_BYTES } from "@stickfarm/common/layout/extent";
import { fail } from "@stickfarm/common/result";
import { expect, onTestFinished, test } from "vitest";
import type { OpenDrive } from "./calls/open-drive.ts";
import {
  imageExtents,
  type MemoryDrive,
  MIB,
  makeCache,
  noise,
  openMemoryDrive,
  runPasses,
} from "./write-fixture.ts";

const geometry = { sizeBytes: 8 * MIB, logicalBlockBytes: 512 };
const bytes = noise(4096);
const extents: Extent[] = [
  { offsetBytes: 0, lengthBytes: 4096, source: { kind: "bytes", bytes } },
  { offsetBytes: 64 * 1024, lengthBytes: 4096, source: { kind: "bytes", bytes } },
  { offsetBytes: 3 * MIB, lengthBytes: 4096, source: { kind: "bytes", bytes } },
];

/** A drive on which everything but the seal is done; `harm` changes how it behaves from then on. */
async function sealWith(
  harm: (drive: MemoryDrive) => Partial<OpenDrive>,
  options: Partial<Parameters<typeof runPasses>[0]> = {},
) {
  const drive = openMemoryDrive(geometry);
  const cache = options.cache ?? (await makeCache(onTestFinished));
  const later: { harm: Partial<OpenDrive> } = { harm: {} };
  const { verified, seal } = await runPasses({
    geometry,
    cache,
    extents,
    blobs: [],
    ...options,
    drive: {
      read: (buffer, at) => (later.harm.read ?? drive.read)(buffer, at),
      write: (buffer, at) => (later.harm.write ?? drive.write)(buffer, at),
      flush: () => (later.harm.flush ?? drive.flush)(),
    },
  });
  expect(verified.ok).toBe(true);
  drive.writes.length = 0;
  later.harm = harm(drive);
  return { drive, sealed: await seal() };
}

test("sealDrive() writes the first 4096 bytes last, and zeros where nothing is", async () => {
  const { drive, sealed } = await sealWith(() => ({}));
  expect(sealed.ok).toBe(true);
  expect(drive.writes).toEqual([
    { offsetBytes: 4096, lengthBytes: SEAL_BYTES - 4096 },
    { offsetBytes: 0, lengthBytes: 4096 },
  ]);
  const must = Buffer.alloc(SEAL_BYTES);
  bytes.copy(must, 0);
  bytes.copy(must, 64 * 1024);
  expect(drive.bytes.subarray(0, SEAL_BYTES).equals(must)).toBe(true);
});

test("sealDrive() leaves the first 4096 bytes zero when the flush before them fails", async () => {
  const problem = { code: "write_failed", detail: "Cannot flush the drive: injected" } as const;
  const { drive, sealed } = await sealWith(() => ({ flush: async () => fail(problem) }));
  expect(sealed).toEqual({ ok: false, problem });
  expect(drive.bytes.subarray(0, 4096).equals(Buffer.alloc(4096))).toBe(true);
});

test("sealDrive() takes the first 4096 bytes back when the seal reads back wrong", async () => {
  const { drive, sealed } = await sealWith((drive) => ({
    read: async (buffer, at) => {
      const read = await drive.read(buffer, at);
      buffer.writeUInt8((buffer[5000] ?? 0) ^ 1, 5000);
      return read;
    },
  }));
  expect(sealed).toMatchObject({
    problem: { code: "verify_mismatch", detail: expect.stringContaining("5000 to 5000") },
  });
  expect(drive.bytes.subarray(0, 4096).equals(Buffer.alloc(4096))).toBe(true);
});

test("sealDrive() writes nothing when the cache has changed since", async () => {
  const cache = await makeCache(onTestFinished);
  const blob = await cache.add(noise(2 * MIB, 3));
  const { drive, sealed } = await sealWith(
    () => {
      writeFileSync(join(cache.directory, blob.sha256), noise(MIB, 4));
      appendFileSync(join(cache.directory, blob.sha256), noise(MIB, 4));
      return {};
    },
    { cache, blobs: [blob], extents: imageExtents(blob) },
  );
  expect(sealed).toMatchObject({ problem: { code: "cache_corrupt" } });
  expect(drive.bytes.subarray(0, BLANK_BYTES).equals(Buffer.alloc(BLANK_BYTES))).toBe(true);
});

test("sealDrive() holds a piece back as a whole when it reaches beyond the first MiB", async () => {
  const cache = await makeCache(onTestFinished);
  const blob = await cache.add(noise(256 * 1024, 5));
  const offsetBytes = SEAL_BYTES - 512;
  const source = { kind: "blob", sha256: blob.sha256, blobOffsetBytes: 0 } as const;
  const { drive, sealed } = await sealWith(() => ({}), {
    cache,
    blobs: [blob],
    extents: [{ offsetBytes, lengthBytes: blob.sizeBytes, source }],
  });
  expect(sealed.ok).toBe(true);
  const end = offsetBytes + blob.sizeBytes;
  expect(drive.bytes.subarray(offsetBytes, end).equals(noise(256 * 1024, 5))).toBe(true);
});

import type { Extent } from "@stickfarm/common/layout/extent";
import { fail } from "@stickfarm/common/result";
import { expect, onTestFinished, test } from "vitest";
import type { OpenDrive } from "./open-drive.ts";
import { MIB, makeCache, openMemoryDrive, runPasses } from "./write-fixture.ts";

const geometry = { sizeBytes: 76 * MIB, logicalBlockBytes: 512 };
const ZEROS = [2 * MIB, 74 * MIB] as const;
const extents: readonly Extent[] = [
  { offsetBytes: ZEROS[0], lengthBytes: ZEROS[1] - ZEROS[0], source: { kind: "zero" } },
];

/** Zeros onto an old stick with blocks that cannot be read until they are written. */
async function buildOn(places: readonly number[]) {
  const cache = await makeCache(onTestFinished);
  const drive = openMemoryDrive(geometry);
  const bad = new Set(places);
  const hit = (buffer: Buffer, at: number): readonly number[] =>
    [...bad].filter((place) => place >= at && place < at + buffer.length);
  const worn: OpenDrive = {
    ...drive,
    read: async (buffer, at) =>
      hit(buffer, at).length === 0
        ? drive.read(buffer, at)
        : fail({ code: "read_failed", detail: "Cannot read the drive: ENODATA" }),
    write: async (buffer, at) => {
      for (const place of hit(buffer, at)) bad.delete(place);
      return drive.write(buffer, at);
    },
  };
  const { verified } = await runPasses({ drive: worn, geometry, extents, cache, blobs: [] });
  return { verified, zeros: drive.bytes.subarray(...ZEROS) };
}

test("checkZeros() has a range written that cannot be read before", async () => {
  const { verified, zeros } = await buildOn([3 * MIB, 18 * MIB + 512]);
  expect(verified).toMatchObject({ value: { repairedRanges: 0 } });
  expect(zeros.equals(Buffer.alloc(zeros.length))).toBe(true);
});

test("checkZeros() gives up a stick on which many ranges cannot be read", async () => {
  const places = Array.from({ length: 17 }, (_, index) => (3 + 4 * index) * MIB);
  const { verified } = await buildOn(places);
  expect(verified).toMatchObject({ problem: { code: "read_failed" } });
});

import type { CapacityCheck } from "@stickfarm/common/build/write-policy";
import { GIB, MIB, TIB } from "@stickfarm/common/bytes";
import { fail, ok } from "@stickfarm/common/result";
import { expect, test } from "vitest";
import type { OpenDrive } from "../calls/open-drive.ts";
import { OLD_BYTE, openMemoryDrive } from "../write-fixture.ts";
import { type FakeDrive, openFakeDrive } from "./fake-drive-fixture.ts";
import { probeDrive } from "./probe-fixture.ts";

const GEOMETRY = { sizeBytes: 32 * MIB, logicalBlockBytes: 512 };

async function checkFake(fake: FakeDrive, how: CapacityCheck, seed = 1): Promise<string> {
  const geometry = { sizeBytes: fake.claimedBytes, logicalBlockBytes: 512 };
  const checked = await probeDrive(openFakeDrive(fake), geometry, { check: how, seed });
  return checked.ok ? "good" : `${checked.problem.code}: ${checked.problem.detail}`;
}

/** The table of f3's own test, at its sizes; its devils at a 16th. */
const F3: readonly (readonly [string, FakeDrive, RegExp])[] = [
  ["the smallest good drive", { realBytes: 2 * MIB, claimedBytes: 2 * MIB }, /^good$/],
  ["a good drive", { realBytes: GIB, claimedBytes: GIB }, /^good$/],
  [
    "a bad drive",
    { realBytes: 0, claimedBytes: GIB },
    /^drive_fake: .* claims 1.00 GiB .* about 1.00 MiB$/,
  ],
  [
    "a limbo drive",
    { realBytes: 1777645568, claimedBytes: 32505331712 },
    /^drive_fake: .* claims 30.3 GiB .* about 1.\d+ GiB$/,
  ],
  [
    "a wraparound drive",
    { realBytes: 2 * GIB, claimedBytes: 16 * GIB, wrapBytes: 2 * GIB },
    /^drive_fake: .* about 2.00 GiB$/,
  ],
  [
    "a chain drive",
    { realBytes: 2 * GIB, claimedBytes: 16 * GIB, wrapBytes: 4 * GIB },
    /^drive_fake: .* about 2\.?\d* GiB$/,
  ],
  [
    "a limbo drive with next to nothing",
    { realBytes: MIB + 512, claimedBytes: TIB },
    /^drive_fake: .* claims 1.00 TiB .* about 1.00 MiB$/,
  ],
  [
    "a limbo drive with a strict cache of 256 MiB",
    { realBytes: 7600799744, claimedBytes: 67108864000, cacheBytes: 256 * MIB, strict: true },
    /^drive_fake: .* claims 62.5 GiB .* about 7.\d+ GiB$/,
  ],
  [
    "the same with a cache that mixes up what it holds",
    { realBytes: 7600799744, claimedBytes: 67108864000, cacheBytes: 256 * MIB, strict: false },
    /^drive_fake: .* claims 62.5 GiB .* about 7.\d+ GiB$/,
  ],
  [
    "a devil drive: nothing but a strict cache",
    { realBytes: 0, claimedBytes: TIB / 16, cacheBytes: GIB / 16, strict: true },
    /^drive_fake: /,
  ],
  [
    "a devil drive whose cache mixes up what it holds",
    { realBytes: 0, claimedBytes: TIB / 16, cacheBytes: GIB / 16, strict: false },
    /^drive_fake: /,
  ],
];

test.each(F3)("checkCapacity() probes %s", async (_, fake, verdict) => {
  expect(await checkFake(fake, "probe")).toMatch(verdict);
});

test("checkCapacity() sees with the surface what a large cache hides from the probe", async () => {
  const fake = { realBytes: 28 * MIB, claimedBytes: 32 * MIB, cacheBytes: 2 * MIB };
  expect(await checkFake({ ...fake, realBytes: 31 * MIB }, "probe")).toBe("good");
  const small = { ...fake, realBytes: 29 * MIB };
  expect(await checkFake(small, "surface")).toMatch(/^drive_fake: .* about 29.0 MiB$/);
});

test("checkCapacity() names the first bad range of a surface, and calls no drive fake for it", async () => {
  const drive = openMemoryDrive(GEOMETRY);
  const bad = 17.5 * MIB + 8192;
  const harmed: OpenDrive = {
    ...drive,
    read: async (buffer, at) => {
      const read = await drive.read(buffer, at);
      for (const byte of [bad + 5, bad + 4096, 20.3125 * MIB]) {
        if (byte >= at && byte < at + buffer.length) buffer.fill(1, byte - at, byte - at + 1);
      }
      return read;
    },
  };
  expect(await probeDrive(harmed, GEOMETRY, { check: "surface" })).toMatchObject({
    problem: {
      code: "verify_mismatch",
      detail: expect.stringContaining(`bytes ${bad} to ${bad + 8191}:`),
    },
  });
});

test.each(["probe", "surface"] as const)(
  "checkCapacity() leaves both ends zero after a %s, and what it does not touch as it was",
  async (how) => {
    const drive = openMemoryDrive(GEOMETRY);
    expect((await probeDrive(drive, GEOMETRY, { check: how })).ok).toBe(true);
    const { bytes } = drive;
    expect(bytes.subarray(0, MIB).equals(Buffer.alloc(MIB))).toBe(true);
    expect(bytes.subarray(-MIB).equals(Buffer.alloc(MIB))).toBe(true);
    let keptBytes = 0;
    for (let at = 0; at < bytes.length; at += 512) {
      if (bytes.subarray(at, at + 512).equals(Buffer.alloc(512, OLD_BYTE))) keptBytes += 512;
    }
    if (how === "probe") expect(keptBytes).toBeGreaterThan(GEOMETRY.sizeBytes - 6 * MIB);
    else expect(keptBytes).toBe(0);
  },
);

test("checkCapacity() takes a drive's own failure for what it is", async () => {
  const drive = openMemoryDrive(GEOMETRY);
  const problem = { code: "read_failed", detail: "Cannot read the drive: injected" } as const;
  const read: OpenDrive["read"] = async (buffer, at) =>
    at >= 8 * MIB && at < 16 * MIB ? fail(problem) : drive.read(buffer, at);
  for (const how of ["probe", "surface"] as const) {
    expect(await probeDrive({ ...drive, read }, GEOMETRY, { check: how })).toEqual({
      ok: false,
      problem,
    });
  }
});

test("checkCapacity() flushes before it asks, and stops when flushing fails", async () => {
  const drive = openMemoryDrive(GEOMETRY);
  const problem = { code: "write_failed", detail: "Cannot flush the drive: injected" } as const;
  const calls: string[] = [];
  const flush = async () => {
    calls.push("flush");
    return calls.length === 1 ? ok(undefined) : fail(problem);
  };
  const read: OpenDrive["read"] = (buffer, at) => {
    calls.push("read");
    return drive.read(buffer, at);
  };
  expect(await probeDrive({ ...drive, flush, read }, GEOMETRY, { check: "probe" })).toEqual({
    ok: false,
    problem,
  });
  expect(calls).toEqual(["flush", "read", "read", "flush"]);
});

test("checkCapacity() says nothing of a drive when it was stopped", async () => {
  const stop = new AbortController();
  const fake = openFakeDrive({ realBytes: 8 * MIB, claimedBytes: GEOMETRY.sizeBytes });
  const write: OpenDrive["write"] = (buffer, at) => {
    stop.abort();
    return fake.write(buffer, at);
  };
  const { signal } = stop;
  expect(await probeDrive({ ...fake, write }, GEOMETRY, { check: "surface", signal })).toEqual({
    ok: true,
    value: undefined,
  });
});

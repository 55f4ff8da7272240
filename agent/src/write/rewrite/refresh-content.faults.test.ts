import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { BLANK_BYTES } from "@stickfarm/common/layout/extent";
import { fail } from "@stickfarm/common/result";
import { expect, test } from "vitest";
import type { OpenDrive } from "../calls/open-drive.ts";
import { MIB, openMemoryDrive } from "../write-fixture.ts";
import { bytes, compared, flip, geometry, readBack, setUp } from "./refresh-fixture.ts";

test("refreshContent() under read-back notices an unchanged range that changes after the last write", async () => {
  const { run, drive } = await setUp(flip(12 * MIB));
  const onPhase = (phase: string) => {
    if (phase === "verify") flip(5_000_000)(drive.bytes);
  };
  const { verified } = await run({ drive, onPhase, policy: readBack });
  expect(verified).toMatchObject({
    problem: { code: "verify_mismatch", detail: expect.stringContaining("5000000 to 5000000") },
  });
});

test("refreshContent() under compared does not read an unchanged range again: the limit of that proof", async () => {
  const { run, drive } = await setUp(flip(12 * MIB));
  const onPhase = (phase: string) => {
    if (phase === "verify") flip(5_000_000)(drive.bytes);
  };
  const { verified, proof } = await run({ drive, onPhase, policy: compared });
  expect([verified.ok, proof]).toEqual([true, "compared"]);
});

test("refreshContent() under compared still notices a change in what it wrote", async () => {
  const { run, drive } = await setUp(flip(12 * MIB));
  const onPhase = (phase: string) => {
    if (phase === "verify") flip(12 * MIB + 100)(drive.bytes);
  };
  const { verified } = await run({ drive, onPhase, policy: compared });
  expect(verified).toMatchObject({ problem: { code: "verify_mismatch" } });
});

test.each([
  ["wraps around", (block: number) => block % ((10 * MIB) / 512)],
  ["drops what lies beyond", (block: number) => (block < (10 * MIB) / 512 ? block : null)],
])(
  "refreshContent() under read-back finds a fake stick that %s, also when it was filled before",
  async (_, place) => {
    const { run } = await setUp();
    const drive = openMemoryDrive(geometry, place);
    for (let time = 0; time < 3; time += 1) {
      const { verified } = await run({ drive, policy: readBack });
      expect(verified).toMatchObject({ problem: { code: "verify_mismatch" } });
    }
  },
);

test("refreshContent() ends when the drive has gone, and writes nothing after it", async () => {
  const { run, calls } = await setUp(flip(12 * MIB));
  const bad = { code: "drive_gone", detail: "Cannot read the drive: injected" } as const;
  const read: OpenDrive["read"] = async (buffer, at) =>
    at >= 8 * MIB && at < 20 * MIB ? fail(bad) : calls.noted.read(buffer, at);
  for (const rewrite of ["refresh", "auto"] as const) {
    const policy = { ...compared, rewrite };
    const { verified } = await run({ drive: { ...calls.noted, read }, policy });
    expect(verified).toEqual({ ok: false, problem: bad });
  }
  expect(calls.inside("write")).toEqual([]);
});

test.each(["refresh", "auto"] as const)(
  "refreshContent() with %s writes over what it cannot read",
  async (rewrite) => {
    const { run, drive, calls } = await setUp();
    const bad = { code: "read_failed", detail: "Cannot read the drive: injected" } as const;
    const healed = new Set<number>();
    const unreadable = [9 * MIB, 15 * MIB];
    const holds = (from: number, lengthBytes: number) => (at: number) =>
      at >= from && at < from + lengthBytes;
    const stick: OpenDrive = {
      ...calls.noted,
      read: async (buffer, from) =>
        unreadable.filter(holds(from, buffer.length)).some((at) => !healed.has(at))
          ? fail(bad)
          : drive.read(buffer, from),
      write: async (buffer, from) => {
        for (const at of unreadable.filter(holds(from, buffer.length))) healed.add(at);
        return calls.noted.write(buffer, from);
      },
    };
    const { verified, proof } = await run({ drive: stick, policy: { ...compared, rewrite } });
    expect(verified).toMatchObject({ value: { writtenBytes: 6 * MIB, repairedRanges: 0 } });
    expect(proof).toBe("compared");
    expect(calls.inside("write").length).toBeGreaterThan(0);
    expect(drive.bytes.subarray(MIB, bytes.length).equals(bytes.subarray(MIB))).toBe(true);
  },
);

test("refreshContent() ends with the first write and the first flush that fail", async () => {
  const bad = { code: "write_failed", detail: "Cannot write the drive: injected" } as const;
  const { run, drive } = await setUp(flip(12 * MIB));
  const write: OpenDrive["write"] = async (buffer, at) =>
    at === 12 * MIB ? fail(bad) : drive.write(buffer, at);
  expect((await run({ drive: { ...drive, write }, policy: compared })).verified).toEqual({
    ok: false,
    problem: bad,
  });
  let flushes = 0;
  const flush: OpenDrive["flush"] = async () => {
    flushes += 1;
    return flushes < 2 ? drive.flush() : fail(bad);
  };
  expect((await run({ drive: { ...drive, flush }, policy: compared })).verified).toEqual({
    ok: false,
    problem: bad,
  });
  expect(flushes).toBe(2);
});

test("refreshContent() stops at the next chunk, and the stick does not boot", async () => {
  const { run, drive, calls } = await setUp(flip(12 * MIB));
  const stop = new AbortController();
  const { verified, proof } = await run({
    ...{ drive: calls.noted, policy: compared, signal: stop.signal },
    onProgress: () => stop.abort(),
  });
  expect(verified).toEqual({ ok: true, value: null });
  expect(proof).toBeNull();
  expect(calls.inside("write")).toEqual([]);
  expect(drive.bytes.subarray(0, BLANK_BYTES).equals(Buffer.alloc(BLANK_BYTES))).toBe(true);
});

test("refreshContent() blames the cache when what it wrote from there is not what its hash promises", async () => {
  const { cache, image, run, drive } = await setUp(flip(12 * MIB));
  const rotten = Buffer.from(bytes);
  flip(12 * MIB + 5)(rotten);
  writeFileSync(join(cache.directory, image.sha256), rotten);
  const { verified } = await run({ drive, policy: compared });
  expect(verified).toMatchObject({
    problem: { code: "cache_corrupt", detail: expect.stringContaining(`${12 * MIB} to`) },
  });
});

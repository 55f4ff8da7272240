import type { Extent } from "@stickfarm/common/layout/extent";
import { expect, test } from "vitest";
import { imageExtents, KIB, MIB, noise, OLD_BYTE } from "../write-fixture.ts";
import {
  bytes,
  CONTENT_BYTES,
  compared,
  flip,
  PIECE,
  readBack,
  setUp,
  sum,
} from "./refresh-fixture.ts";

test("refreshContent() writes nothing on a stick that holds the image, and reads each byte once", async () => {
  for (const policy of [compared, readBack]) {
    const { run, calls, drive } = await setUp();
    const { verified, proof, seal } = await run({ drive: calls.noted, policy });
    expect(verified).toMatchObject({
      value: { writtenBytes: 0, comparedBytes: CONTENT_BYTES, alreadyZeroBytes: 2 * MIB },
    });
    expect(proof).toBe(policy.proof);
    expect(calls.inside("write")).toEqual([]);
    expect(sum(calls.inside("read"))).toBe(15 * MIB);
    expect(calls.calls.filter(({ kind }) => kind === "flush")).toHaveLength(1);
    expect(await seal()).toMatchObject({ ok: true });
    expect(drive.bytes.subarray(0, bytes.length).equals(bytes)).toBe(true);
  }
});

test("refreshContent() writes the pieces that differ, neighbours in one go, and reads back what its proof asks", async () => {
  for (const [policy, readBackBytes] of [
    [compared, 3 * PIECE],
    [readBack, CONTENT_BYTES],
  ] as const) {
    const { run, calls, drive } = await setUp((stick) => {
      for (const at of [5 * MIB, 5 * MIB + PIECE + 9, 12 * MIB + 77]) flip(at)(stick);
    });
    const { verified, proof } = await run({ drive: calls.noted, policy });
    expect(verified).toMatchObject({
      value: { writtenBytes: 3 * PIECE, comparedBytes: CONTENT_BYTES - 3 * PIECE },
    });
    expect(proof).toBe(policy.proof);
    // Two are in flight.
    const writes = calls.inside("write").sort((left, right) => left.at - right.at);
    expect(writes).toEqual([
      { kind: "write", at: 5 * MIB, bytes: 2 * PIECE },
      { kind: "write", at: 12 * MIB, bytes: PIECE },
    ]);
    expect(sum(calls.inside("read"))).toBe(15 * MIB + readBackBytes);
    expect(drive.bytes.subarray(MIB, bytes.length).equals(bytes.subarray(MIB))).toBe(true);
  }
});

test("refreshContent() writes 64 KiB of the layout's own bytes, and the short zeros, where they differ", async () => {
  const table = noise(500 * KIB, 5);
  const extents: Extent[] = [
    { offsetBytes: 2 * MIB, lengthBytes: table.length, source: { kind: "bytes", bytes: table } },
    { offsetBytes: 2 * MIB + table.length, lengthBytes: 12 * KIB, source: { kind: "zero" } },
  ];
  for (const [at, from, lengthBytes] of [
    [2 * MIB + 130 * KIB, 2 * MIB + 128 * KIB, 64 * KIB],
    [2 * MIB + 501 * KIB, 2 * MIB + 500 * KIB, 12 * KIB],
  ] as const) {
    const { run, calls, drive } = await setUp();
    await run({ drive, extents });
    flip(at)(drive.bytes);
    const { verified } = await run({ drive: calls.noted, extents, policy: compared });
    const isZeros = lengthBytes === 12 * KIB;
    expect(verified).toMatchObject({
      value: {
        writtenBytes: lengthBytes,
        comparedBytes: isZeros ? 500 * KIB : 436 * KIB,
        alreadyZeroBytes: isZeros ? 0 : 12 * KIB,
      },
    });
    expect(calls.inside("write")).toEqual([{ kind: "write", at: from, bytes: lengthBytes }]);
    expect(sum(calls.inside("read"))).toBe(512 * KIB + lengthBytes);
  }
});

test("refreshContent() flushes what it wrote before that is read back", async () => {
  const { run, calls } = await setUp(flip(5 * MIB));
  await run({ drive: calls.noted, policy: compared });
  const kinds = calls.calls.map(({ kind }) => kind);
  const last = kinds.lastIndexOf("write");
  expect(kinds.slice(last, last + 2)).toEqual(["write", "flush"]);
});

test("refreshContent() reads everything back again when zeros had to be written last", async () => {
  const { run, calls, drive } = await setUp(flip(15 * MIB));
  const { verified, proof } = await run({ drive: calls.noted, policy: readBack });
  expect(verified).toMatchObject({ value: { writtenBytes: 64 * KIB } });
  expect(proof).toBe("read-back");
  expect(sum(calls.inside("read"))).toBe(15 * MIB + CONTENT_BYTES + 64 * KIB);
  expect(drive.bytes[15 * MIB]).toBe(0);
});

test("refreshContent() tells of compared bytes up to the whole, and never back", async () => {
  const { run, drive } = await setUp((stick) => {
    for (const at of [3 * MIB, 9 * MIB, 15 * MIB]) flip(at)(stick);
  });
  const phases: [string, number, number][] = [];
  await run({
    ...{ drive, policy: compared },
    onPhase: (phase, totalBytes) => phases.push([phase, totalBytes, 0]),
    onProgress: (done) => {
      expect(done).toBeGreaterThanOrEqual(0);
      const last = phases.at(-1);
      if (last !== undefined) last[2] += done;
    },
  });
  const verifyBytes = 2 * PIECE + 64 * KIB + MIB;
  expect(phases.slice(1)).toEqual([
    ["compare", 15 * MIB, 15 * MIB],
    ["verify", verifyBytes, verifyBytes],
  ]);
});

test("refreshContent() with auto looks at a few pieces of a foreign stick, writes all, and proves it by read-back", async () => {
  const { run, drive, calls } = await setUp((stick) => stick.fill(OLD_BYTE));
  const phases: string[] = [];
  const { verified, proof } = await run({
    drive: calls.noted,
    policy: { rewrite: "auto", proof: "compared" },
    onPhase: (phase) => phases.push(phase),
  });
  expect(verified).toMatchObject({ value: { writtenBytes: 15 * MIB, comparedBytes: 0 } });
  expect([phases, proof]).toEqual([["erase", "compare", "write", "verify"], "read-back"]);
  const kinds = calls.calls.filter(({ at }) => at >= MIB && at < 23 * MIB).map(({ kind }) => kind);
  expect(kinds.indexOf("write")).toBe(3);
  expect(drive.bytes.subarray(MIB, bytes.length).equals(bytes.subarray(MIB))).toBe(true);
});

test("refreshContent() with auto writes nothing on a stick that holds the image", async () => {
  const { run, calls } = await setUp();
  const { proof } = await run({
    drive: calls.noted,
    policy: { rewrite: "auto", proof: "compared" },
  });
  expect([proof, calls.inside("write")]).toEqual(["compared", []]);
});

test("refreshContent() leaves what lies between extents as it was", async () => {
  const { image, run, drive } = await setUp((stick) => stick.fill(OLD_BYTE, 4 * MIB));
  const extents = imageExtents(image, [
    [0, 5 * MIB],
    [12 * MIB, 14 * MIB],
  ]);
  const { verified, seal } = await run({ drive, extents, policy: compared });
  expect([verified.ok, (await seal()).ok]).toEqual([true, true]);
  const must = Buffer.alloc(24 * MIB, OLD_BYTE);
  bytes.copy(must, 0, 0, 5 * MIB);
  bytes.copy(must, 12 * MIB, 12 * MIB, 14 * MIB);
  expect(drive.bytes.equals(must.fill(0, 23 * MIB))).toBe(true);
});

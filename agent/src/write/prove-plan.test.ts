import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fail } from "@stickfarm/common/result";
import { expect, onTestFinished, test } from "vitest";
import type { OpenDrive } from "./calls/open-drive.ts";
import {
  imageExtents,
  KIB,
  type MemoryDrive,
  MIB,
  makeCache,
  noise,
  openMemoryDrive,
  runPasses,
} from "./write-fixture.ts";

const geometry = { sizeBytes: 24 * MIB, logicalBlockBytes: 512 };
const bytes = noise(16 * MIB).fill(0, 6 * MIB, 11 * MIB);
const PIECE = 256 * KIB;

/** A stick with the image on it, up to its read-back: from then on `harm` says how the drive behaves. */
async function prove(
  harm: (drive: MemoryDrive) => Partial<OpenDrive>,
  spoil: (cacheDirectory: string, sha256: string) => void = () => undefined,
) {
  const cache = await makeCache(onTestFinished);
  const image = await cache.add(bytes);
  const drive = openMemoryDrive(geometry);
  const later: { harm: Partial<OpenDrive>; phases: number } = { harm: {}, phases: 0 };
  const run = await runPasses({
    geometry,
    cache,
    blobs: [image],
    extents: imageExtents(image),
    drive: {
      read: (buffer, at) => (later.harm.read ?? drive.read)(buffer, at),
      write: (buffer, at) => (later.harm.write ?? drive.write)(buffer, at),
      flush: () => (later.harm.flush ?? drive.flush)(),
    },
    onPhase: (phase) => {
      if (phase !== "verify") return;
      later.phases += 1;
      if (later.phases > 1) return;
      drive.writes.length = 0;
      later.harm = harm(drive);
      spoil(cache.directory, image.sha256);
    },
  });
  return { ...run, drive, sweeps: later.phases };
}

function flip({ bytes: held }: MemoryDrive, ...places: readonly number[]): Partial<OpenDrive> {
  for (const at of places) held.writeUInt8((held[at] ?? 0) ^ 1, at);
  return {};
}

test("provePlan() reads a good stick once", async () => {
  const { verified, drive, sweeps } = await prove(() => ({}));
  expect(verified).toMatchObject({ value: { repairedRanges: 0, repairedBytes: 0 } });
  expect([drive.writes, sweeps]).toEqual([[], 1]);
});

test("provePlan() writes again what came back wrong, and reads everything once more", async () => {
  const { verified, drive, sweeps, seal } = await prove((stick) => flip(stick, 5_000_000));
  expect(verified).toMatchObject({ value: { repairedRanges: 1, repairedBytes: PIECE } });
  const offsetBytes = Math.floor(5_000_000 / PIECE) * PIECE;
  expect(drive.writes).toEqual([{ offsetBytes, lengthBytes: PIECE }]);
  expect(sweeps).toBe(2);
  expect((await seal()).ok).toBe(true);
  expect(drive.bytes.subarray(0, bytes.length).equals(bytes)).toBe(true);
});

test.each([1, 2, 3, 4.875])(
  "provePlan() finds one wrong byte wrong, wherever in a chunk: %f MiB",
  async (at) => {
    const { verified } = await prove((stick) => flip(stick, at * MIB + 5));
    expect(verified).toMatchObject({ value: { repairedRanges: 1, repairedBytes: PIECE } });
  },
);

test("provePlan() counts neighbours as one range, and zeros like any content", async () => {
  const { verified, drive } = await prove((stick) =>
    flip(stick, 2 * MIB, 2 * MIB + PIECE, 12 * MIB, 7 * MIB),
  );
  expect(verified).toMatchObject({ value: { repairedRanges: 3 } });
  expect(drive.writes).toContainEqual({ offsetBytes: 2 * MIB, lengthBytes: 2 * PIECE });
  expect(drive.bytes.subarray(2 * MIB, 16 * MIB).equals(bytes.subarray(2 * MIB))).toBe(true);
});

test("provePlan() cures a block that cannot be read until it is written", async () => {
  const bad = 3 * MIB + 512;
  const { verified, drive } = await prove((stick) => {
    let isCured = false;
    return {
      read: async (buffer, at) => {
        const isHit = !isCured && at <= bad && at + buffer.length > bad;
        return isHit ? fail({ code: "read_failed", detail: "ENODATA" }) : stick.read(buffer, at);
      },
      write: async (buffer, at) => {
        if (at <= bad && at + buffer.length > bad) isCured = true;
        return stick.write(buffer, at);
      },
    };
  });
  expect(verified).toMatchObject({ value: { repairedRanges: 1, repairedBytes: PIECE } });
  expect(drive.writes).toEqual([{ offsetBytes: 3 * MIB, lengthBytes: PIECE }]);
});

test.each([
  ["verify_mismatch", (buffer: Buffer) => void buffer.writeUInt8((buffer[0] ?? 0) ^ 1, 0)],
  ["read_failed", null],
] as const)("provePlan() gives up after a range was written twice: %s", async (code, spoil) => {
  const { verified, drive, sweeps } = await prove((stick) => ({
    read: async (buffer, at) => {
      const isHit = at <= 3 * MIB && at + buffer.length > 3 * MIB;
      if (isHit && spoil === null) return fail({ code, detail: `bytes ${3 * MIB}` });
      const read = await stick.read(buffer, at);
      if (isHit) spoil?.(buffer.subarray(3 * MIB - at));
      return read;
    },
  }));
  expect(verified).toMatchObject({
    problem: { code, detail: expect.stringContaining(`bytes ${3 * MIB}`) },
  });
  const range = { offsetBytes: 3 * MIB, lengthBytes: PIECE };
  expect([drive.writes, sweeps]).toEqual([[range, range], 1]);
});

test("provePlan() takes a second round for what the first one hurt, and no third", async () => {
  for (const hurts of [1, 2]) {
    const places = [3 * MIB, 13 * MIB];
    const { verified, sweeps } = await prove((stick) => {
      let left = hurts;
      flip(stick, 3 * MIB);
      return {
        write: async (buffer, at) => {
          const other = places.find((place) => place !== at);
          if (left > 0 && other !== undefined) flip(stick, other);
          left -= 1;
          return stick.write(buffer, at);
        },
      };
    });
    expect(sweeps).toBe(3);
    if (hurts === 1) expect(verified).toMatchObject({ value: { repairedRanges: 2 } });
    else expect(verified).toMatchObject({ problem: { code: "verify_mismatch" } });
  }
});

test.each([
  ["seventeen wrong ranges", 512 * KIB],
  ["more than 8 MiB of them", PIECE],
])("provePlan() repairs nothing on a stick with %s", async (_, everyBytes) => {
  const wrong: number[] = [];
  for (let at = 2 * MIB; at < 6 * MIB; at += everyBytes) wrong.push(at);
  for (let at = 11 * MIB; at < 16 * MIB; at += everyBytes) wrong.push(at);
  const { verified, drive } = await prove((stick) => flip(stick, ...wrong));
  expect(verified).toMatchObject({ problem: { code: "verify_mismatch" } });
  expect(drive.writes).toEqual([]);
});

test("provePlan() ends at once when the stick is gone, and when the repair cannot be written", async () => {
  const gone = { code: "drive_gone", detail: "Cannot read the drive: ENODEV" } as const;
  const pulled = await prove(() => ({ read: async () => fail(gone) }));
  expect([pulled.verified, pulled.drive.writes]).toEqual([{ ok: false, problem: gone }, []]);
  const stuck = { code: "write_failed", detail: "Cannot write the drive: EIO" } as const;
  const worn = await prove((stick) => ({
    ...flip(stick, 3 * MIB),
    write: async () => fail(stuck),
  }));
  expect(worn.verified).toEqual({ ok: false, problem: stuck });
});

test("provePlan() flushes a repair before it reads it, and never again when that fails", async () => {
  const calls: string[] = [];
  const stuck = { code: "write_failed", detail: "Cannot flush the drive: EIO" } as const;
  const { verified } = await prove((stick) => ({
    ...flip(stick, 3 * MIB),
    write: async (buffer, at) => {
      calls.push("write");
      return stick.write(buffer, at);
    },
    flush: async () => {
      calls.push("flush");
      return fail(stuck);
    },
  }));
  expect([verified, calls]).toEqual([{ ok: false, problem: stuck }, ["write", "flush"]]);
});

test("provePlan() writes nothing from a cache that has changed, and blames the cache", async () => {
  const { verified, drive } = await prove(
    (stick) => flip(stick, 3 * MIB),
    (directory, sha256) => writeFileSync(join(directory, sha256), noise(16 * MIB, 9)),
  );
  expect(verified).toMatchObject({ problem: { code: "cache_corrupt" } });
  expect(drive.writes).toEqual([]);
});

/** What the faulty disk of other tests does wrong, judged by dd and cmp. */
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import type { DiskFaults } from "../support/faulty-disk/disk-faults.ts";
import { type FaultyDisk, whyNoFaultyDisk } from "../support/faulty-disk/open-faulty-disk.ts";
import { faultyDisk } from "../support/faulty-disk.ts";
import { type Program, spawnCommand } from "../support/processes.ts";
import { runProgram } from "../support/run-program.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { waitFor } from "../support/wait-for.ts";

const SIZE = 8 * MIB;
const [EIO, ENOSPC] = [5, 28];

beforeEach(({ skip }) => {
  const why = whyNoFaultyDisk();
  skip(why !== null, why ?? "");
});

async function setUp(faults: DiskFaults = {}) {
  const disk = await faultyDisk(SIZE, faults);
  const folder = await tempDirectory();
  const source = join(folder, "source");
  await writeFile(source, differentBytes());
  const back = join(folder, "back");
  return {
    disk,
    source,
    back,
    write: () => runProgram("dd", ["bs=1M", ...writing(source, disk.path)]),
    read: async () => {
      await runProgram("dd", [`if=${disk.path}`, `of=${back}`, "bs=1M", "iflag=direct"]);
      return readFileSync(back);
    },
  };
}

function writing(source: string, device: string): string[] {
  return [`if=${source}`, `of=${device}`, "conv=notrunc,fdatasync", "oflag=direct"];
}

function differentBytes(): Buffer {
  const bytes = Buffer.alloc(SIZE);
  for (let at = 0; at < SIZE; at += 4) bytes.writeUInt32LE(Math.imul(at + 1, 0x9e3779b1) >>> 0, at);
  return bytes;
}

async function secondsOf(work: Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work;
  return (performance.now() - startedAtMs) / 1000;
}

test("a faulty disk without faults gives back what was written", async () => {
  const { disk, source, write, read } = await setUp();
  await write();
  expect((await read()).equals(readFileSync(source))).toBe(true);
  await runProgram("cmp", [source, disk.path]);
  await runProgram("cmp", [source, disk.cells]);
  const { writtenBytes, flushes, errors, hanging } = await disk.statistics();
  expect({ writtenBytes, errors, hanging }).toEqual({ writtenBytes: SIZE, errors: 0, hanging: 0 });
  expect(flushes).toBeGreaterThan(0);
});

test("a faulty disk keeps the speeds that it was given", async () => {
  const { write, read } = await setUp({
    writeBytesPerSecond: 4 * MIB,
    readBytesPerSecond: 8 * MIB,
  });
  const seconds = [await secondsOf(write()), await secondsOf(read())];
  expect(seconds[0]).toBeGreaterThan(1.9);
  expect(seconds[0]).toBeLessThan(4);
  expect(seconds[1]).toBeGreaterThan(0.9);
  expect(seconds[1]).toBeLessThan(3);
});

test("a faulty disk fails at a range, for as many times as it was told, by the name that it was told", async () => {
  const { disk, write, read } = await setUp();
  const range = { fromBytes: 5 * MIB, toBytes: 5 * MIB + 4096 };
  await disk.set({ errors: [{ op: "write", ...range, errno: EIO, times: 1 }] });
  await expect(write()).rejects.toThrow(/Input\/output error/);
  await write();
  await disk.set({ errors: [{ op: "write", ...range, errno: ENOSPC }] });
  await expect(write()).rejects.toThrow(/No space left on device/);
  await expect(write()).rejects.toThrow(/No space left on device/);
  await disk.set({ errors: [{ op: "read", ...range, errno: EIO }] });
  await expect(read()).rejects.toThrow(/Input\/output error/);
  await disk.set({ errors: [{ op: "flush", ...range, errno: EIO }] });
  await expect(write()).rejects.toThrow(/Input\/output error/);
});

test("a faulty disk that has become read-only takes no more writes", async () => {
  const { disk, write } = await setUp();
  await write();
  await disk.set({ readOnly: true });
  await expect(write()).rejects.toThrow(/dd: /);
});

test("a faulty disk spoils the byte that it was told, in its cells or on the way back", async () => {
  const { disk, source, write, read } = await setUp();
  const must = readFileSync(source);
  const spoilt = (bytes: Buffer) => [...bytes.keys()].filter((at) => bytes[at] !== must[at]);
  const corruption = { atBytes: 3 * MIB + 7, lengthBytes: 1, xor: 0x10 };
  await disk.set({ corruptions: [{ on: "write", ...corruption }] });
  await write();
  expect(spoilt(await read())).toEqual([3 * MIB + 7]);
  expect(spoilt(readFileSync(disk.cells))).toEqual([3 * MIB + 7]);
  await disk.set({});
  await write();
  await disk.set({ corruptions: [{ on: "read", ...corruption, times: 1 }] });
  expect(spoilt(await read())).toEqual([3 * MIB + 7]);
  expect(spoilt(await read())).toEqual([]);
});

test("a faulty disk of less than its size wraps around, loses, or both", async () => {
  const { disk, source, write, read } = await setUp({ realBytes: 2 * MIB, wrapBytes: 2 * MIB });
  const must = readFileSync(source);
  const [last, zeros] = [must.subarray(6 * MIB), Buffer.alloc(2 * MIB)];
  await write();
  expect((await read()).equals(Buffer.concat([last, last, last, last]))).toBe(true);
  await disk.set({ realBytes: 2 * MIB });
  await write();
  const limbo = Buffer.concat([must.subarray(0, 2 * MIB), zeros, zeros, zeros]);
  expect((await read()).equals(limbo)).toBe(true);
  await disk.set({ realBytes: 2 * MIB, wrapBytes: 4 * MIB });
  await write();
  const half = Buffer.concat([must.subarray(4 * MIB, 6 * MIB), zeros]);
  expect((await read()).equals(Buffer.concat([half, half]))).toBe(true);
});

test("a faulty disk with a cache gives back right what was written last, and no more", async () => {
  const { source, write, read } = await setUp({ realBytes: 2 * MIB, cacheBytes: MIB });
  const must = readFileSync(source);
  await write();
  const back = await read();
  expect(back.subarray(7 * MIB).equals(must.subarray(7 * MIB))).toBe(true);
  expect(back.subarray(2 * MIB, 7 * MIB).every((byte) => byte === 0)).toBe(true);
});

/** dd in the background, so that it may hang. */
function startWriting(source: string, device: string): Program {
  const program = spawnCommand("dd", ["bs=256k", ...writing(source, device)], { cwd: "/" });
  onTestFinished(async () => {
    await program.end();
  });
  return program;
}

/** A writer is in state D for moments of every write: only a call that the disk holds is one that hangs. */
async function hangs(disk: FaultyDisk, program: Program): Promise<void> {
  await waitFor("a call that hangs", async () => (await disk.statistics()).hanging > 0);
  await waitFor("dd in state D", () => stateOf(program.pid) === "D");
}

function stateOf(pid: number): string | undefined {
  return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[0];
}

test("a faulty disk that hangs keeps its writer, beyond a kill, until it is told to go on", async () => {
  const { disk, source } = await setUp({ hang: { op: "write", afterWrittenBytes: 2 * MIB } });
  const program = startWriting(source, disk.path);
  await hangs(disk, program);
  program.signal("SIGKILL");
  expect(await Promise.race([program.ended, after(500)])).toBe(null);
  expect((await disk.statistics()).hanging).toBeGreaterThan(0);
  await disk.set({});
  expect(await program.ended).toMatchObject({ signal: "SIGKILL" });
});

test("a faulty disk that hangs lets its writer go when it is yanked", async () => {
  const { disk, source } = await setUp({ hang: { op: "all", afterWrittenBytes: 2 * MIB } });
  const program = startWriting(source, disk.path);
  await hangs(disk, program);
  await disk.yank();
  expect(await program.ended).toMatchObject({ code: 1 });
});

test("a faulty disk takes everything away when it is closed, hung or not", async () => {
  const { disk, source } = await setUp({ hang: { op: "write" } });
  const program = startWriting(source, disk.path);
  await hangs(disk, program);
  await disk.close();
  await program.ended;
  await waitFor(
    "no loop device",
    async () =>
      !(await runProgram("losetup", ["--list", "--raw"])).includes(
        disk.cells.replace("cells", "mount"),
      ),
  );
  expect(readFileSync("/proc/mounts", "utf8")).not.toContain(disk.cells.replace("cells", "mount"));
});

function after(ms: number): Promise<null> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(null), ms).unref();
  });
}

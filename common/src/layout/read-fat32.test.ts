import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { MIB } from "../bytes.ts";
import { diceOf } from "../test-dice.ts";
import { findVolumes } from "./find-volumes.ts";
import type { ReadBytes } from "./read-bytes.ts";
import { openFat32 } from "./read-fat32.ts";

/** Volumes by mkfs.fat, files by mtools, tables by sfdisk and sgdisk: none of it by our own layout. */
const FILES: Readonly<Record<string, Buffer>> = {
  "stickfarm/media.json": Buffer.from('{"a":1}'),
  "stickfarm/settings.sealed": Buffer.alloc(70_001, 0x5a),
  "stickfarm/packages/a long name with größe.txt": Buffer.from("x"),
  "UPPER.TXT": Buffer.from("upper"),
  empty: Buffer.alloc(0),
};

test.each([
  ["no table", "none", 512],
  ["an MBR", "dos", 512],
  ["a GPT", "gpt", 512],
  ["sectors of 4096 bytes", "none", 4096],
] as const)("openFat32() reads what mtools wrote, on a drive with %s", async (_, table, sector) => {
  const read = await makeStick(table, sector);
  const volume = await findVolume(read);
  for (const [path, bytes] of Object.entries(FILES)) {
    expect(await volume.readFile(path, MIB)).toEqual({ ok: true, value: new Uint8Array(bytes) });
    expect(await volume.readFile(path.toUpperCase(), MIB)).toMatchObject({ ok: true });
  }
  for (const path of ["no", "stickfarm", "stickfarm/no", "empty/x", "a/b/c/d/e/f/g/h/i/j", ""])
    expect(await volume.readFile(path, MIB), path).toEqual({ ok: true, value: null });
});

test("openFat32() gives no file that is larger than what was asked for", async () => {
  const volume = await findVolume(await makeStick("dos"));
  expect(await volume.readFile("stickfarm/settings.sealed", 70_000)).toMatchObject({
    problem: { code: "stick_damaged", detail: expect.stringMatching(/70001 bytes, at most 70000/) },
  });
});

test("openFat32() finds nothing in zeros, in noise, and behind the end", async () => {
  const noise = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 167) & 0xff));
  noise.set([0x55, 0xaa], 510);
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(4096), noise])
    for (const at of await findVolumes(readerOf(bytes)))
      expect(await openFat32(readerOf(bytes), at)).toBeNull();
});

test("openFat32() comes to an end when every chain is a circle", async () => {
  const image = await stickBytes("none");
  const view = new DataView(image.buffer, image.byteOffset);
  const fatAt = view.getUint16(14, true) * 512;
  for (let cluster = 2; cluster < 2000; cluster++)
    view.setUint32(fatAt + cluster * 4, cluster, true);
  const counted = countReads(readerOf(image));
  const volume = await findVolume(counted.read);
  expect((await volume.readFile("stickfarm/settings.sealed", MIB)).ok).toBe(true);
  expect(await volume.readFile("stickfarm/none", MIB)).toEqual({ ok: true, value: null });
  expect(counted.readBytes()).toBeLessThan(16 * MIB);
});

test("openFat32() says what is broken, and reads no more than there is", async () => {
  const image = await stickBytes("none");
  const view = new DataView(image.buffer, image.byteOffset);
  const fatAt = view.getUint16(14, true) * 512;
  const broken: readonly (readonly [string, (bytes: Buffer) => Buffer, RegExp])[] = [
    ["cut short", (bytes) => bytes.subarray(0, fatAt + 512), /ends before|cut short/],
    ["a wild chain", (bytes) => fill(bytes, { at: fatAt + 8, value: 0x0ffffff0 }), /which is none/],
    ["a free cluster", (bytes) => fill(bytes, { at: fatAt + 8, value: 0 }), /which is none/],
  ];
  for (const [name, change, why] of broken) {
    const volume = await findVolume(readerOf(change(Buffer.from(image))));
    expect(await volume.readFile("stickfarm/settings.sealed", MIB), name).toMatchObject({
      problem: { code: "stick_damaged", detail: expect.stringMatching(why) },
    });
  }
});

test("openFat32() never throws and never reads much, wherever bytes were changed", async () => {
  const image = await stickBytes("gpt");
  const dice = diceOf(2026);
  const violations: string[] = [];
  const good = Buffer.from(image.subarray(0, 2 * MIB));
  for (let round = 0; round < 400; round++) {
    good.copy(image);
    // Tables, boot sector, FAT and the first directories lie here.
    for (let flip = 0; flip < 40; flip++)
      image[Math.floor(dice() * 1.6 * MIB)] = Math.floor(dice() * 256);
    const counted = countReads(readerOf(image));
    try {
      for (const at of await findVolumes(counted.read)) {
        const volume = await openFat32(counted.read, at);
        for (const path of Object.keys(FILES)) await volume?.readFile(path, MIB);
      }
    } catch (error) {
      violations.push(`round ${round}: ${String(error)}`);
    }
    if (counted.readBytes() > 64 * MIB) violations.push(`round ${round}: ${counted.readBytes()}`);
  }
  expect(violations).toEqual([]);
});

function fill(bytes: Buffer, { at, value }: { readonly at: number; readonly value: number }) {
  for (let offset = at; offset < at + 40_000; offset += 4) bytes.writeUInt32LE(value, offset);
  return bytes;
}

async function findVolume(read: ReadBytes) {
  for (const at of await findVolumes(read)) {
    const volume = await openFat32(read, at);
    if (volume !== null) return volume;
  }
  throw new Error("no volume");
}

type Table = "none" | "dos" | "gpt";

async function makeStick(table: Table, sectorBytes = 512): Promise<ReadBytes> {
  return readerOf(await stickBytes(table, sectorBytes));
}

async function stickBytes(table: Table, sectorBytes = 512): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), "stickfarm-fat-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "stick");
  await writeFile(path, "");
  const partitionBytes = sectorBytes === 512 ? 40 * MIB : 280 * MIB;
  const offsetBytes = table === "none" ? 0 : MIB;
  await truncate(path, partitionBytes + 2 * offsetBytes);
  const script =
    table === "gpt" ? "label: gpt\nstart=2048, size=81920\n" : "start=2048, size=81920, type=c\n";
  if (table !== "none") execFileSync("sfdisk", ["-q", path], { input: script });
  const offset = ["--offset", String(offsetBytes / 512), "-S", String(sectorBytes)];
  const blocks = String(partitionBytes / 1024);
  execFileSync("mkfs.fat", ["-F", "32", "-s", "1", ...offset, path, blocks], { stdio: "pipe" });
  await writeFiles(folder, FILES);
  const image = ["-i", `${path}@@${offsetBytes}`];
  const env = { ...process.env, LANG: "C.UTF-8", MTOOLS_SKIP_CHECK: "1" };
  for (const name of ["stickfarm", "UPPER.TXT", "empty"])
    execFileSync("mcopy", [...image, "-s", join(folder, "files", name), "::/"], { env });
  return readFile(path);
}

async function writeFiles(folder: string, files: Readonly<Record<string, Buffer>>): Promise<void> {
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, "files", path)), { recursive: true });
    await writeFile(join(folder, "files", path), bytes);
  }
}

function readerOf(bytes: Buffer): ReadBytes {
  return async (at, length) => Uint8Array.from(bytes.subarray(at, at + length));
}

function countReads(read: ReadBytes) {
  let bytes = 0;
  return {
    readBytes: () => bytes,
    read: async (at: number, length: number) => {
      bytes += length;
      return read(at, length);
    },
  };
}

test("listFiles() has every file that mtools wrote, and readParts() its bytes", async () => {
  const volume = await findVolume(await makeStick("dos"));
  const listed = await volume.listFiles();
  if (!listed.ok) throw new Error(listed.problem.detail);
  expect(listed.value.map(({ path }) => path).sort()).toEqual(Object.keys(FILES).sort());
  for (const file of listed.value) {
    const parts: Uint8Array[] = [];
    for await (const part of volume.readParts(file)) parts.push(part.ok ? part.value : NOTHING);
    expect(Buffer.concat(parts), file.path).toEqual(FILES[file.path]);
  }
});

test("readParts() tells of a file whose chain ends before its size", async () => {
  const volume = await findVolume(await makeStick("dos"));
  const listed = await volume.listFiles();
  const file = listed.ok ? listed.value.find(({ path }) => path === "UPPER.TXT") : undefined;
  if (file === undefined) throw new Error("no file");
  let last: unknown;
  for await (const part of volume.readParts({ ...file, sizeBytes: 1_000_000 })) last = part;
  expect(last).toMatchObject({ problem: { code: "stick_damaged" } });
});

const NOTHING = new Uint8Array();

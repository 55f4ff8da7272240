import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { MIB } from "../bytes.ts";
import { BLANK_BYTES } from "../layout/extent.ts";
import { renderTailRecord, tailRecordOffset } from "../layout/tail-record.ts";
import { IMAGE_SIGHT_PATH, PASSPORT_PATH } from "../media/stick-path.ts";
import { describeImage } from "./describe-image.ts";
import { lookAtDrive } from "./look-at-drive.ts";
import { type RecordedName, readerOf, recordedBytes } from "./test-volumes.ts";

const look = (bytes: Uint8Array, sizeBytes = bytes.length) =>
  lookAtDrive(readerOf(bytes, sizeBytes), { sizeBytes, logicalBlockBytes: 512 });

test("lookAtDrive() reads our passport, and that a stick was never sealed", async () => {
  const stick = await makeStick();
  const passport = {
    buildId: "01JC0000000000000000000001",
    stickId: "ab",
    media: { name: "hq", revision: 3 },
    orderedAtMs: Date.UTC(2026, 10, 22),
  };
  const volumes = [{ partition: 1, kind: "fat32", label: "HQ" }];
  expect(await look(stick)).toMatchObject({
    table: "mbr",
    volumes,
    passport: { ...passport, isSealed: true },
  });
  // Stopped in the middle of its seal, of which the first page is the last, and before it.
  for (const erasedBytes of [BLANK_BYTES, MIB]) {
    stick.fill(0, 0, erasedBytes).fill(1, erasedBytes, BLANK_BYTES + 1);
    expect(await look(stick)).toMatchObject({
      table: "none",
      volumes: [{ kind: "blank" }],
      passport: { ...passport, isSealed: false },
    });
  }
});

test("lookAtDrive() counts no passport beside a volume that is not of our making", async () => {
  const made = await makeStick();
  const lookBeside = async (
    startBlock: number,
    blockCount: number,
    put: (stick: Buffer) => void,
  ) => {
    const stick = Buffer.from(made);
    const second = stick.subarray(446 + 16, 446 + 32);
    second[4] = 0x83;
    second.writeUInt32LE(startBlock, 8);
    second.writeUInt32LE(blockCount, 12);
    put(stick);
    const { volumes, passport } = await look(stick);
    return [volumes[1]?.kind, passport !== null];
  };
  const behind = [39 * 2048, 2048] as const;
  expect(await lookBeside(...behind, (stick) => replaceAt(stick, 39 * MIB, "luks1"))).toEqual([
    "luks",
    false,
  ]);
  expect(await lookBeside(...behind, (stick) => stick.fill(0xa5, 39 * MIB))).toEqual([
    "unknown",
    false,
  ]);
  expect(await lookBeside(...behind, (stick) => stick.fill(0, 39 * MIB))).toEqual(["blank", true]);
  // Boot code has such a one.
  const before = [64, 1984] as const;
  expect(await lookBeside(...before, (stick) => stick.fill(0xa5, 64 * 512, MIB))).toEqual([
    "unknown",
    true,
  ]);
});

test("lookAtDrive() takes nothing behind the end of a partition for its own", async () => {
  const drive = Buffer.alloc(4 * MIB);
  const table = drive.subarray(446, 512);
  for (const [entry, [startBlock, blocks]] of [
    [2048, 1],
    [2049, 2048],
  ].entries()) {
    table[entry * 16 + 4] = 0x83;
    table.writeUInt32LE(startBlock ?? 0, entry * 16 + 8);
    table.writeUInt32LE(blocks ?? 0, entry * 16 + 12);
  }
  table.set([0x55, 0xaa], 64);
  const labelAt = MIB + 512;
  drive.write("LABELONE", labelAt);
  drive.write("LVM2 001", labelAt + 24);
  expect((await look(drive)).volumes).toMatchObject([{ kind: "blank" }, { kind: "lvm2" }]);
});

function replaceAt(stick: Buffer, at: number, name: RecordedName): void {
  recordedBytes(name).bytes.copy(stick, at, 0, 4096);
}

test("lookAtDrive() believes the record behind an image before a passport inside it", async () => {
  const image = await makeStick();
  const sizeBytes = image.length + 2 * MIB;
  const drive = { sizeBytes, logicalBlockBytes: 512 };
  const texts = {
    [PASSPORT_PATH]: JSON.stringify({ buildId: "B2", stickId: "cd" }),
    [IMAGE_SIGHT_PATH]: await describeImage(readerOf(image), drive),
  };
  const encoder = new TextEncoder();
  const record = renderTailRecord(
    Object.entries(texts).map(([path, text]) => ({
      path,
      bytes: encoder.encode(text),
      modifiedAtMs: 0,
    })),
  );
  const stick = Buffer.alloc(sizeBytes);
  stick.set(image);
  stick.set(record ?? [], tailRecordOffset(sizeBytes));
  expect(await look(stick)).toMatchObject({ passport: { buildId: "B2", isSealed: true } });
});

/** By sfdisk, mkfs.fat and mtools: none of it by our own layout. */
async function makeStick(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), "stickfarm-glance-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "stick.img");
  await writeFile(path, "");
  await truncate(path, 40 * MIB);
  const run = (program: string, args: readonly string[], input = "") =>
    execFileSync(program, args, {
      input,
      env: { ...process.env, MTOOLS_SKIP_CHECK: "1" },
      stdio: "pipe",
    });
  run("sfdisk", ["--quiet", path], "label: dos\nstart=2048,type=c,bootable\n");
  run("mkfs.fat", ["-F", "32", "-n", "HQ", "--offset", "2048", path, String(39 * 1024)]);
  run("mmd", ["-i", `${path}@@1M`, "::/stickfarm"]);
  const texts = {
    "passport.json": {
      buildId: "01JC0000000000000000000001",
      stickId: "ab",
      orderedAt: "2026-11-22",
    },
    "media.json": { name: "hq", revision: 3 },
  };
  for (const [name, value] of Object.entries(texts))
    run("mcopy", ["-i", `${path}@@1M`, "-", `::/stickfarm/${name}`], JSON.stringify(value));
  return readFile(path);
}

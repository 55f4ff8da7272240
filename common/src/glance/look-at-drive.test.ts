import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { MIB } from "../bytes.ts";
import { lookAtDrive } from "./look-at-drive.ts";
import { type RecordedName, readerOf, recordedBytes } from "./test-volumes.ts";

const look = (bytes: Uint8Array, sizeBytes = bytes.length) =>
  lookAtDrive(readerOf(bytes, sizeBytes), { sizeBytes, logicalBlockBytes: 512 });

test.each<[RecordedName, string, readonly (readonly [number, string, string])[]]>([
  [
    "mbr",
    "mbr",
    [
      [1, "fat32", "PART1"],
      [5, "ext4", "logical5"],
      [6, "swap", "logical6"],
    ],
  ],
  [
    "gpt",
    "gpt",
    [
      [1, "fat16", "ESP"],
      [2, "ext4", "root"],
    ],
  ],
  ["hybrid", "mbr", [[0, "iso9660", "HYBRID"]]],
  ["exfat", "none", [[0, "exfat", "Ex \u00c4\u00d6"]]],
  ["luks2", "none", [[0, "luks", "vault"]]],
])("lookAtDrive() sees the volumes of %s", async (name, table, volumes) => {
  const { bytes, sizeBytes } = recordedBytes(name);
  const seen = await look(bytes, sizeBytes);
  expect(seen).toMatchObject({ kind: "seen", table, passport: null });
  expect(seen.volumes.map(({ partition, kind, label }) => [partition, kind, label])).toEqual(
    volumes,
  );
});

test("lookAtDrive() sees that nothing, or nothing known, is there", async () => {
  for (const [fill, kind] of [
    [0, "blank"],
    [0xa5, "unknown"],
  ] as const)
    expect(await look(new Uint8Array(MIB).fill(fill))).toMatchObject({
      table: "none",
      volumes: [{ kind }],
    });
});

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
  stick.fill(0, 0, MIB);
  expect(await look(stick)).toMatchObject({
    table: "none",
    volumes: [{ kind: "blank" }],
    passport: { ...passport, isSealed: false },
  });
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

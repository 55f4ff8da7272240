import { execFile } from "node:child_process";
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { GIB, MIB } from "../bytes.ts";
import type { Layout } from "./layout.ts";
import { layoutFat16 } from "./layout-fat16.ts";
import type { FatFile } from "./layout-fat32.ts";
import { plantTree } from "./plant-tree.ts";

const run = promisify(execFile);
const VOLUME = { volumeId: 0x1234abcd, volumeLabel: "BOOT" };

test("layoutFat16() has at least the clusters that make a FAT16, and room for its files", () => {
  expect(layOut({})?.driveBytes).toBe(512 + 2 * 17 * 512 + 16384 + 4101 * 512);
  expect(layOut({ "EFI/BOOT/BOOTX64.EFI": 3 * MIB })?.driveBytes).toBeLessThan(4 * MIB);
  expect(layOut({ "EFI/BOOT/BOOTX64.EFI": 3 * MIB })?.driveBytes).toBeGreaterThan(3 * MIB);
});

test("layoutFat16() takes larger clusters where small ones are too many, and says when none do", () => {
  const large = layOut({ "EFI/a": 33 * MIB, "EFI/b": 31 * MIB });
  const head = large?.extents[0]?.source;
  expect(head?.kind === "bytes" && head.bytes[13]).toBe(4);
  expect(layOut({ "EFI/a": 2 * GIB })).toBeNull();
});

test.each<readonly [string, Readonly<Record<string, number>>]>([
  ["nothing", {}],
  ["a loader", { "EFI/BOOT/BOOTX64.EFI": 638_976 }],
  [
    "a loader with its folders, long names and empty files",
    {
      "EFI/BOOT/BOOTX64.EFI": 600_001,
      "EFI/BOOT/grub.cfg": 0,
      "EFI/Microsoft/Boot/Fonts/segmono_boot.ttf": 44_763,
      "EFI/Grüße/a name that is longer than a short one.efi": 513,
    },
  ],
  ["more than 32 MiB", { "EFI/BOOT/BOOTX64.EFI": 20 * MIB, "EFI/BOOT/other.efi": 20 * MIB + 1 }],
])("layoutFat16() satisfies fsck.fat and mtools with %s", async (_, sizes) => {
  const folder = await mkdtemp(join(tmpdir(), "stickfarm-fat16-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const image = join(folder, "image");
  const layout = layOut(sizes);
  if (layout === null) throw new Error("The volume must fit");
  write(image, layout);
  const { stdout } = await run("fsck.fat", ["-n", "-v", image]);
  expect(stdout).toMatch(/16 bits per FAT entry|FAT16|2 FATs, 16 bit entries/);
  for (const [path, sizeBytes] of Object.entries(sizes)) {
    const copy = join(folder, "copy");
    const env = { ...process.env, LC_ALL: "C.UTF-8" };
    await run("mcopy", ["-n", "-o", "-i", image, `::${path}`, copy], { env });
    const isSame = (await readFile(copy)).equals(bytesOf(path, sizeBytes));
    expect([path, isSame]).toEqual([path, true]);
  }
});

function layOut(sizes: Readonly<Record<string, number>>): Layout | null {
  const files = Object.entries(sizes).map(
    ([path, sizeBytes]): FatFile => ({
      path,
      sizeBytes,
      modifiedAtMs: 1_700_000_000_000,
      content: { kind: "blob", sha256: `${path}:${sizeBytes}` },
    }),
  );
  return layoutFat16({ directories: plantTree(files, []), files }, VOLUME);
}

function bytesOf(path: string, sizeBytes: number): Uint8Array {
  return new Uint8Array(sizeBytes).fill(path.length + 1);
}

function write(path: string, { driveBytes, extents }: Layout): void {
  const file = openSync(path, "w");
  ftruncateSync(file, driveBytes);
  for (const { offsetBytes, source } of extents) {
    if (source.kind === "zero") continue;
    const [blobPath = "", size] = source.kind === "blob" ? source.sha256.split(":") : [];
    const bytes = source.kind === "bytes" ? source.bytes : bytesOf(blobPath, Number(size));
    writeSync(file, bytes, 0, bytes.length, offsetBytes);
  }
  closeSync(file);
}

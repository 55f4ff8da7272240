import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { findDiscBoot } from "@stickfarm/common/iso/find-disc-boot";
import type { BiosBoot, TreeFile } from "@stickfarm/common/media/manifest";
import { makeFakeTool } from "@stickfarm/common/rim/fake-tool";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test, vi } from "vitest";
import { type BootParts, makeBootParts } from "./boot-parts.ts";
import { makeDisc } from "./make-disc.ts";
import { type Expected, verifyDisc } from "./verify-disc.ts";

vi.setConfig({ testTimeout: 60_000 });

const run = promisify(execFile);
const NONE = { kind: "none" } as const;
const MADE_AT_MS = Date.UTC(2026, 10, 22);

/** What each kind of tree starts by, as El Torito's catalog says it. */
test.each<readonly [string, readonly string[], BiosBoot["kind"], readonly string[]]>([
  ["plain files", ["readme.txt"], "none", []],
  ["UEFI alone", ["EFI/BOOT/BOOTX64.EFI"], "none", ["UEFI"]],
  ["GRUB alone", ["boot/grub/grub.cfg"], "grub", ["BIOS"]],
  ["GRUB and UEFI", ["efi/boot/bootx64.efi"], "grub", ["BIOS", "UEFI"]],
  ["ISOLINUX", ["isolinux/isolinux.bin", "EFI/BOOT/BOOTIA32.EFI"], "none", ["BIOS", "UEFI"]],
  ["Windows PE", ["boot/etfsboot.com", "efi/microsoft/boot/efisys.bin"], "none", ["BIOS", "UEFI"]],
])("makeDisc() makes a disc of %s that starts by %j", async (_, paths, grub, platforms) => {
  const { folder, disc, expected } = await makeTestDisc(paths, grub);
  expect(await verifyDisc(disc, expected)).toMatchObject({ ok: true });
  const { stdout } = await run("xorriso", ["-indev", disc, "-report_el_torito", "plain"]);
  const found = [...stdout.matchAll(/boot img :\s+\d+\s+(\S+)/g)].map(([, platform]) => platform);
  expect(found).toEqual(platforms);
  const { stdout: info } = await run("isoinfo", ["-d", "-i", disc]);
  expect(info).toContain("Volume id: A DISC");
  expect(folder).not.toBe("");
});

test("verifyDisc() names a file that differs, is too short, or is not there", async () => {
  const { disc, expected } = await makeTestDisc(["a.txt", "b.txt"], "none");
  const [first, second] = expected;
  if (first === undefined || second === undefined) throw new Error("two files were made");
  const verify = (change: Partial<Expected>) => verifyDisc(disc, [first, { ...second, ...change }]);
  expect(await verify({ sha256: "0".repeat(64) })).toMatchObject({
    problem: { code: "iso_mismatch", detail: expect.stringContaining('"b.txt" has 200000 bytes') },
  });
  expect(await verify({ path: "c.txt" })).toMatchObject({
    problem: { code: "iso_mismatch", detail: expect.stringContaining('"c.txt" is not on it') },
  });
  const bytes = await readFile(disc);
  await cutAfter(disc, bytes.indexOf("b.txt b.txt") + 100_000);
  expect(await verify({})).toMatchObject({ ok: false });
});

test("verifyDisc() stops when it is told", async () => {
  const { disc, expected } = await makeTestDisc(["a.txt"], "none");
  const signal = AbortSignal.abort();
  expect(await verifyDisc(disc, expected, { signal })).toMatchObject({
    problem: { code: "canceled" },
  });
});

test("makeDisc() and verifyDisc() say what xorriso says, and when there is none", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const path = await makeFakeTool(folder, 'process.stderr.write("no luck"); process.exit(5);');
  const made = await makeIn(folder, async () => path);
  expect(made).toMatchObject({
    problem: { code: "tool_failed", detail: expect.stringContaining('says "no luck"') },
  });
  const none = async () => null;
  expect(await makeIn(folder, none)).toMatchObject({ problem: { code: "tool_missing" } });
  expect(await verifyDisc("x.iso", [], { findTool: none })).toMatchObject({
    problem: { code: "tool_missing" },
  });
  const talks = await makeFakeTool(folder, "process.stdout.write('File data lba: what?\\n')");
  expect(await verifyDisc("x.iso", [], { findTool: async () => talks })).toMatchObject({
    problem: { code: "iso_mismatch" },
  });
});

test("makeBootParts() needs GRUB's images for discs", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const boot = findDiscBoot([], { kind: "grub", boot: ref("boot"), core: ref("core") });
  const volume = { volumeId: 1, volumeLabel: "" };
  const options = { folder, blobPath: (name: string) => join(folder, name), volume };
  const grubFolder = join(folder, "no grub");
  expect(await makeBootParts(boot, { ...options, grubFolder })).toMatchObject({
    problem: { code: "tool_missing", detail: expect.stringContaining("grub-pc-bin") },
  });
  expect(await makeBootParts(boot, options)).toMatchObject({ problem: { code: "path_missing" } });
});

function makeIn(folder: string, findTool: () => Promise<string | null>) {
  const disc = { label: "A DISC", madeAtMs: MADE_AT_MS, diskGuid: "a".repeat(32), files: [] };
  const image = { ...disc, isoPath: join(folder, "x.iso"), emptyDirectories: [] };
  const options = { scriptPath: join(folder, "script"), findTool };
  return makeDisc({ ...image, bios: null, uefiPath: null }, options);
}

async function makeTestDisc(paths: readonly string[], grub: BiosBoot["kind"]) {
  const folder = await makeTemporaryFolder(onTestFinished);
  const blobPath = (sha256: string): string => join(folder, sha256);
  const files: TreeFile[] = [];
  for (const path of [...paths, "boot.img", "core.img"]) {
    const bytes = Buffer.alloc(200_000, `${path} `);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    await writeFile(blobPath(sha256), bytes);
    files.push({ path, blob: { sha256, sizeBytes: bytes.length }, modifiedAtMs: MADE_AT_MS });
  }
  const [boot, core] = files.slice(-2).map(({ blob }) => blob);
  if (boot === undefined || core === undefined) throw new Error("both were made");
  const found = findDiscBoot(files, grub === "grub" ? { kind: "grub", boot, core } : NONE);
  const volume = { volumeId: 1, volumeLabel: "BOOT" };
  const parts = await makeBootParts(found, { folder, blobPath, volume });
  if (!parts.ok) throw new Error(parts.problem.detail);
  const disc = join(folder, "disc.iso");
  const made = await makeDisc(imageOf(disc, files, parts.value), {
    scriptPath: join(folder, "script"),
  });
  if (!made.ok) throw new Error(made.problem.detail);
  return { folder, disc, expected: files.map(({ path, blob }) => ({ path, ...blob })) };
}

function imageOf(isoPath: string, files: readonly TreeFile[], { bios, uefiPath }: BootParts) {
  const folder = join(isoPath, "..");
  const sources = files.map(({ path, blob, modifiedAtMs }) => ({
    ...{ path, modifiedAtMs, localPath: join(folder, blob.sha256) },
  }));
  const loader = bios === null ? [] : [{ ...bios, modifiedAtMs: MADE_AT_MS }];
  return {
    ...{ isoPath, bios, uefiPath, label: "A DISC", madeAtMs: MADE_AT_MS },
    diskGuid: "a".repeat(32),
    files: [...sources, ...loader],
    emptyDirectories: [],
  };
}

async function cutAfter(path: string, sizeBytes: number): Promise<void> {
  const file = await open(path, "r+");
  await file.truncate(sizeBytes);
  await file.close();
}

function ref(sha256: string) {
  return { sha256, sizeBytes: 1 };
}

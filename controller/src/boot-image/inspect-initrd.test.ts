import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { concat, cpioArchive } from "../parse/cpio-fixture.ts";
import { inspectInitrd } from "./inspect-initrd.ts";

const MODULES = "lib/modules/6.1.0/kernel/drivers";
const FILES = {
  init: "#!/bin/sh\n",
  [`${MODULES}/net/ethernet/intel/e1000/e1000.ko`]: "module",
  [`${MODULES}/ata/ahci.ko.xz`]: "module",
};

test.each([
  ["none", "cat"],
  ["gzip", "gzip -1"],
  ["xz", "xz -0 --check=crc32"],
  ["zstd", "zstd -1 -q"],
])("inspectInitrd() reads what cpio wrote, packed by %s", async (_, pack) => {
  const folder = await makeTemporaryFolder(onTestFinished);
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(join(folder, "root", dirname(path)), { recursive: true });
    await writeFile(join(folder, "root", path), text);
  }
  const make = `cd root && find . | cpio -o -H newc --quiet | ${pack} > ../initrd`;
  execFileSync("sh", ["-c", make], { cwd: folder });
  expect(await inspectInitrd(join(folder, "initrd"), {})).toEqual({
    ok: true,
    value: ["net", "storage"],
  });
});

test("inspectInitrd() finds the packed archive after one of microcode, and leaves no file", async () => {
  const microcode = cpioArchive({ "kernel/x86/microcode/GenuineIntel.bin": "code" });
  const bytes = concat([microcode, new Uint8Array(412), gzipSync(cpioArchive(FILES))]);
  const { path, folder } = await plant(bytes);
  expect(await inspectInitrd(path, { temporaryFolder: folder })).toMatchObject({
    value: ["net", "storage"],
  });
  expect(await readdir(folder)).toEqual(["initrd"]);
});

test("inspectInitrd() counts the drivers that the kernel has inside", async () => {
  const list = "kernel/fs/ext4/ext4.ko\nkernel/drivers/nvme/host/nvme.ko\n";
  const { path } = await plant(cpioArchive({ "lib/modules/6.1.0/modules.builtin": list }));
  expect(await inspectInitrd(path, {})).toMatchObject({ value: ["storage"] });
});

test.each([
  ["an archive without modules", cpioArchive({ init: "" }), null],
  ["modules of no class", cpioArchive({ "lib/modules/6.1/kernel/fs/ext4.ko": "" }), []],
  ["a text", Buffer.from("text"), null],
  ["a packed text", gzipSync("text"), null],
  ["an old disk image", gzipSync(Buffer.alloc(100_000, 7)), null],
])("inspectInitrd() of %s", async (_, bytes, found) => {
  expect(await inspectInitrd((await plant(bytes)).path, {})).toEqual({ ok: true, value: found });
});

test.each([
  ["a cut archive", cpioArchive(FILES).subarray(0, 300)],
  ["a packed archive that is cut", gzipSync(cpioArchive(FILES)).subarray(0, -20)],
  ["a cut archive, packed", gzipSync(cpioArchive(FILES).subarray(0, 300))],
  ["a packed archive that is damaged", damaged(gzipSync(cpioArchive(FILES)))],
])("inspectInitrd() refuses %s", async (_, bytes) => {
  expect(await inspectInitrd((await plant(bytes)).path, {})).toMatchObject({
    problem: { code: "archive_unreadable" },
  });
});

test("inspectInitrd() stops at one that expands without end", async () => {
  const { path } = await plant(gzipSync(Buffer.alloc(2 * 1024 * 1024)));
  expect(await inspectInitrd(path, { maxExpandedBytes: 1024 * 1024 })).toMatchObject({
    problem: { code: "archive_unreadable", detail: expect.stringContaining("more than 1.00 MiB") },
  });
});

test("inspectInitrd() reads nothing after it was stopped", async () => {
  const { path } = await plant(gzipSync(cpioArchive(FILES)));
  const signal = AbortSignal.abort();
  expect(await inspectInitrd(path, { signal })).toMatchObject({ problem: { code: "canceled" } });
});

function damaged(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.fill(0xff, 30, 60);
  return copy;
}

async function plant(
  bytes: Uint8Array,
): Promise<{ readonly path: string; readonly folder: string }> {
  const folder = await makeTemporaryFolder(onTestFinished);
  const path = join(folder, "initrd");
  await writeFile(path, bytes);
  expect(await readFile(path)).toHaveLength(bytes.length);
  return { path, folder };
}

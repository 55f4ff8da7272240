import { lstat, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { createVirtualFiles } from "./create-virtual-files.ts";
import type { VirtualDriveSource } from "./parse-virtual-drive.ts";

const fileAt = (path: string, sizeBytes: number | null): VirtualDriveSource => ({
  kind: "file",
  path,
  sizeBytes,
  serial: "A1",
  bay: "1",
});

test("createVirtualFiles() makes a missing file of its size, for its owner only", async () => {
  const path = join(await makeTemporaryFolder(onTestFinished), "drives/a.img");
  expect(await createVirtualFiles([fileAt(path, 1 << 30)])).toMatchObject({ ok: true });
  const { size, mode, blocks } = await lstat(path);
  expect([size, mode & 0o777, blocks < 100]).toEqual([1 << 30, 0o600, true]);
});

test("createVirtualFiles() leaves what is there as it is", async () => {
  const path = join(await makeTemporaryFolder(onTestFinished), "a.img");
  await writeFile(path, "0123456789");
  expect(await createVirtualFiles([fileAt(path, null)])).toMatchObject({ ok: true });
  expect(await createVirtualFiles([fileAt(path, 10)])).toMatchObject({ ok: true });
  expect(await createVirtualFiles([fileAt(path, 4096)])).toMatchObject({
    problem: { code: "usage", detail: expect.stringContaining("10 bytes") },
  });
  expect(await readFile(path, "utf8")).toBe("0123456789");
});

test("createVirtualFiles() needs a size to make a file, and a folder that it may write to", async () => {
  const path = join(await makeTemporaryFolder(onTestFinished), "a.img");
  expect(await createVirtualFiles([fileAt(path, null)])).toMatchObject({
    problem: { code: "usage" },
  });
  expect(await createVirtualFiles([fileAt("/proc/a.img", 4096)])).toMatchObject({
    problem: { code: "path_unreadable" },
  });
});

import { createHash } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Extent } from "@stickfarm/common/layout/extent";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { type StickFile, writeStickFile } from "./write-stick-file.ts";

const DRIVE_BYTES = 8 * 1024 * 1024;
const BLOB = Buffer.concat([Buffer.alloc(1024 * 1024), Buffer.from("the end"), Buffer.alloc(5)]);
const SHA256 = createHash("sha256").update(BLOB).digest("hex");

test("writeStickFile() writes what the layout has and takes no room for zeros", async () => {
  const { path, result } = await write([
    { offsetBytes: 0, lengthBytes: 512, source: { kind: "bytes", bytes: Buffer.alloc(512, 7) } },
    { offsetBytes: 512, lengthBytes: 1024, source: { kind: "zero" } },
    {
      offsetBytes: 2_097_152,
      lengthBytes: BLOB.length,
      source: { kind: "blob", sha256: SHA256, blobOffsetBytes: 0 },
    },
    {
      offsetBytes: 6_291_456,
      lengthBytes: 7,
      source: { kind: "blob", sha256: SHA256, blobOffsetBytes: 1024 * 1024 },
    },
  ]);
  expect(result).toEqual({ ok: true, value: undefined });
  const expected = Buffer.alloc(DRIVE_BYTES);
  expected.fill(7, 0, 512);
  BLOB.copy(expected, 2_097_152);
  expected.write("the end", 6_291_456);
  expect((await readFile(path)).equals(expected)).toBe(true);
  expect((await stat(path)).blocks * 512).toBeLessThan(DRIVE_BYTES / 8);
});

test("writeStickFile() takes no file that is there already", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const path = join(folder, "stick.img");
  await writeFile(path, "somebody's");
  expect(await writeStickFile(stickAt(path, []))).toMatchObject({
    problem: { code: "storage_failed", detail: expect.stringContaining("EEXIST") },
  });
  expect(await readFile(path, "utf8")).toBe("somebody's");
});

test("writeStickFile() says when a blob is shorter than it must be, or not there", async () => {
  const source = { kind: "blob", sha256: SHA256, blobOffsetBytes: 0 } as const;
  const { result } = await write([{ offsetBytes: 0, lengthBytes: BLOB.length + 1, source }]);
  expect(result).toMatchObject({ problem: { code: "content_missing" } });
  const gone = { ...source, sha256: "0".repeat(64) };
  expect((await write([{ offsetBytes: 0, lengthBytes: 1, source: gone }])).result).toMatchObject({
    problem: { code: "path_missing" },
  });
});

test("writeStickFile() stops when it is told to", async () => {
  const zero = { offsetBytes: 0, lengthBytes: 512, source: { kind: "zero" } } as const;
  const { result } = await write([zero], AbortSignal.abort());
  expect(result).toMatchObject({ problem: { code: "canceled" } });
});

async function write(extents: readonly Extent[], signal?: AbortSignal) {
  const folder = await makeTemporaryFolder(onTestFinished);
  await writeFile(join(folder, SHA256), BLOB);
  const path = join(folder, "stick.img");
  return {
    path,
    result: await writeStickFile({ ...stickAt(path, extents), ...(signal && { signal }) }),
  };
}

function stickAt(path: string, extents: readonly Extent[]): StickFile {
  return {
    path,
    layout: { driveBytes: DRIVE_BYTES, extents },
    blobPath: (sha256) => path.replace(/[^/]+$/, sha256),
    signal: new AbortController().signal,
  };
}

import { execFile } from "node:child_process";
import { mkdtemp, readdir, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { openCacheWriter } from "./cache-writer.ts";

test("openCacheWriter() keeps nothing open when what an earlier try left cannot be read", async () => {
  const directory = await mkdtemp(join(tmpdir(), "stickfarm-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const sha256 = "ab".repeat(32);
  // It can be opened, and not be read from a place.
  await promisify(execFile)("mkfifo", [join(directory, `${sha256}.partial`)]);
  const opened = await openCacheWriter(directory, { sha256, sizeBytes: 9 });
  expect(opened).toMatchObject({
    ok: false,
    problem: { code: "storage_failed", detail: expect.stringContaining("ESPIPE") },
  });
  const names = await readdir("/proc/self/fd");
  const open = await Promise.all(
    names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => "")),
  );
  expect(open.filter((path) => path.startsWith(directory))).toEqual([]);
});

import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ok } from "../result.ts";
import { hashFile } from "./hash-file.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

test("hashFile() gives digest, size and time", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const path = join(folder, "abc");
  await writeFile(path, "abc");
  await utimes(path, 1_700_000_000, 1_700_000_000.25);
  expect(await hashFile(path)).toEqual(
    ok({
      // Source: FIPS 180-2, appendix B.1.
      sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      sizeBytes: 3,
      modifiedAtMs: 1_700_000_000_250,
    }),
  );
});

test("hashFile() reads each byte once, in order", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const path = join(folder, "large");
  const bytes = Buffer.alloc(3_000_001, "0123456789");
  await writeFile(path, bytes);
  const seen: Buffer[] = [];
  const hashed = await hashFile(path, { onBytes: (part) => seen.push(Buffer.from(part)) });
  expect(Buffer.concat(seen).equals(bytes)).toBe(true);
  expect(hashed).toMatchObject({ ok: true, value: { sizeBytes: 3_000_001 } });
});

test("hashFile() notices that the file grows while it is read", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const path = join(folder, "growing");
  await writeFile(path, Buffer.alloc(3_000_000));
  let grown = false;
  const onBytes = () => {
    if (!grown) appendFileSync(path, "more");
    grown = true;
  };
  expect(await hashFile(path, { onBytes })).toMatchObject({ problem: { code: "path_changed" } });
});

test("hashFile() refuses what is no file, without waiting for a pipe's writer", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  execFileSync("mkfifo", [join(folder, "pipe")]);
  for (const path of [join(folder, "pipe"), folder, "/dev/null"]) {
    expect(await hashFile(path)).toMatchObject({ problem: { code: "path_not_content" } });
  }
  expect(await hashFile(join(folder, "none"))).toMatchObject({ problem: { code: "path_missing" } });
});

test("hashFile() stops", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const path = join(folder, "abc");
  await writeFile(path, "abc");
  const result = await hashFile(path, { signal: AbortSignal.abort() });
  expect(result).toMatchObject({ problem: { code: "canceled" } });
});

import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { writeFileAtomically } from "./atomic-file.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

test("writeFileAtomically() replaces a file and keeps it private", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const path = join(folder, "file");
  await writeFileAtomically(path, Buffer.from("old, and longer"));
  await writeFileAtomically(path, Buffer.from("new"));
  expect(await readFile(path, "utf8")).toBe("new");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("writeFileAtomically() leaves nothing behind when it fails", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const path = join(folder, "directory");
  await mkdir(join(path, "full"), { recursive: true });
  await expect(writeFileAtomically(path, Buffer.from("x"))).rejects.toThrow(/EISDIR|ENOTEMPTY/);
  expect(await readdir(folder)).not.toContain("directory.new");
});

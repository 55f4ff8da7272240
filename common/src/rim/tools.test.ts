import { chmod, mkdir, writeFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeTemporaryFolder } from "./temporary-folder.ts";
import { findTool, toolMissing } from "./tools.ts";

test("findTool() takes the first program on PATH, not a folder nor a file that may not run", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  await mkdir(join(folder, "a", "xorriso"), { recursive: true });
  for (const name of ["b", "c"]) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "xorriso"), "#!/bin/sh\n");
  }
  await chmod(join(folder, "c", "xorriso"), 0o755);
  const searchPath = ["a", "b", "c"].map((name) => join(folder, name)).join(":");
  expect(await findTool("xorriso", searchPath)).toBe(join(folder, "c", "xorriso"));
});

test("findTool() passes over relative entries of PATH", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  await writeFile(join(folder, "bsdtar"), "#!/bin/sh\n", { mode: 0o755 });
  const searchPath = `${relative(process.cwd(), folder)}:.:`;
  expect((await findTool("bsdtar", searchPath)) ?? "none").not.toContain(basename(folder));
});

test("toolMissing() names the programs and what to install", () => {
  expect(toolMissing("Cannot read", ["xorriso", "bsdtar"]).detail).toBe(
    'Cannot read: "xorriso" and "bsdtar" not found on this machine, one must be (`apt-get install xorriso`)',
  );
});

import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findTool, toolMissing } from "./tools.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tools-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

test("findTool() takes the first program on PATH, not a folder nor a file that may not run", async () => {
  await mkdir(join(folder, "a", "xorriso"), { recursive: true });
  for (const name of ["b", "c"]) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "xorriso"), "#!/bin/sh\n");
  }
  await chmod(join(folder, "c", "xorriso"), 0o755);
  vi.stubEnv("PATH", ["a", "b", "c"].map((name) => join(folder, name)).join(":"));
  expect(await findTool("xorriso")).toBe(join(folder, "c", "xorriso"));
});

test("findTool() passes over relative entries of PATH", async () => {
  await writeFile(join(folder, "xz"), "#!/bin/sh\n", { mode: 0o755 });
  vi.stubEnv("PATH", `.:${folder.slice(1)}:`);
  vi.spyOn(process, "cwd").mockReturnValue(folder);
  expect(await findTool("xz")).not.toMatch(/stick|tools-/);
});

test("toolMissing() names the programs and what to install", () => {
  expect(toolMissing("Cannot read", ["xorriso", "bsdtar"]).detail).toBe(
    'Cannot read: "xorriso" and "bsdtar" not found on this machine, one must be (`apt-get install xorriso`)',
  );
});

import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { findWriterProgram } from "./find-writer-program.ts";

const NAMES = { bundle: "writer.cjs", ours: "ours.tsbuildinfo", shared: "shared.tsbuildinfo" };

/** Files written at these seconds; those that are left out are not there. */
async function findAmong(writtenAt: Partial<Record<keyof typeof NAMES, number>>): Promise<string> {
  const folder = await makeTemporaryFolder(onTestFinished);
  for (const [name, seconds] of Object.entries(writtenAt)) {
    const path = join(folder, NAMES[name as keyof typeof NAMES]);
    await writeFile(path, "");
    await utimes(path, seconds, seconds);
  }
  const builds = [join(folder, NAMES.ours), join(folder, NAMES.shared)];
  return findWriterProgram(join(folder, "writer"), builds).slice(folder.length + 1);
}

test("findWriterProgram() takes the one file that was made of the last build", async () => {
  expect(await findAmong({ bundle: 30, ours: 10, shared: 20 })).toBe("writer.cjs");
  expect(await findAmong({ bundle: 30 })).toBe("writer.cjs");
});

test("findWriterProgram() takes the compiler's files when the one file is older than any of them, or not there", async () => {
  expect(await findAmong({ bundle: 30, ours: 31, shared: 20 })).toBe("writer.js");
  expect(await findAmong({ bundle: 30, ours: 10, shared: 31 })).toBe("writer.js");
  expect(await findAmong({ ours: 10, shared: 20 })).toBe("writer.js");
  expect(await findAmong({})).toBe("writer.js");
});

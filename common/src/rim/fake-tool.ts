import { chmod, mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execPath } from "node:process";

/** A program for tests: a Node script under a path of its own in `folder`. */
export async function makeFakeTool(folder: string, script: string): Promise<string> {
  const path = join(await mkdtemp(join(folder, "tool-")), "fake");
  await writeFile(path, `#!${execPath}\n${script}`);
  await chmod(path, 0o755);
  return path;
}

import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { onTestFinished } from "vitest";
import { type DriveHost, thisHost } from "./read-machine.ts";

/** A picture of /sys and /proc: files by path, links by path and target. */
export async function paintMachine(
  files: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>>,
): Promise<DriveHost> {
  const root = await makeTemporaryFolder(onTestFinished);
  await paintInto(root, files);
  for (const [path, target] of Object.entries(links)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await symlink(target, join(root, path));
  }
  const host = { ...thisHost(join(root, "data")), sysfs: join(root, "sys") };
  return { ...host, proc: join(root, "proc") };
}

export async function paintInto(
  root: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), `${text}\n`);
  }
}

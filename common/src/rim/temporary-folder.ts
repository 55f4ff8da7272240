import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of one's own; `atEnd` is given what removes it, as vitest's `onTestFinished` wants it. */
export async function makeTemporaryFolder(
  atEnd: (remove: () => Promise<void>) => void,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "stickfarm-"));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

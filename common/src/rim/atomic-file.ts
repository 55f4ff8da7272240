import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Replace a file as one step: after a crash or a power cut it holds the old bytes or the new ones. Durable on return.
 *
 * One writer at a time: two at once would share the temporary file.
 */
export async function writeFileAtomically(
  path: string,
  bytes: Uint8Array,
  mode = 0o600,
): Promise<void> {
  const temporaryPath = `${path}.new`;
  try {
    const file = await open(temporaryPath, "w", mode);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await moveIntoPlace(temporaryPath, path);
  } catch (error) {
    await rm(temporaryPath, { force: true });
    throw error;
  }
}

/** Give a finished, synced file its name. Durable on return: a rename is until its directory is synced a mere intention. */
export async function moveIntoPlace(temporaryPath: string, path: string): Promise<void> {
  await rename(temporaryPath, path);
  await syncDirectory(dirname(path));
}

export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A new directory that goes when the running test ends, passed or failed. Only inside a test. */
export async function tempDirectory(): Promise<string> {
  const { path, remove } = await makeTempDirectory();
  onTestFinished(remove);
  return path;
}

/** A new directory whose end the caller decides: for what several tests share. */
export async function makeTempDirectory(): Promise<{
  readonly path: string;
  readonly remove: () => Promise<void>;
}> {
  const path = await mkdtemp(join(tmpdir(), "stickfarm-"));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}

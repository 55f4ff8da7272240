import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openContentCache } from "@stickfarm/agent/content/content-cache";
import { openDirectoryPoint } from "@stickfarm/agent/content/directory-point";
import type { VirtualDriveSource } from "@stickfarm/agent/drive/parse-virtual-drive";
import { blobPath } from "@stickfarm/common/media/distribution-point";
import type { ImageBody } from "@stickfarm/common/media/manifest";
import { hashFile } from "@stickfarm/common/rim/hash-file";
import { missingPrograms } from "../support/run-program.ts";
import type { BenchImage } from "./make-bench-image.ts";
import type { StickTime } from "./results.ts";
import { runCommand } from "./run-command.ts";
import { runEngine } from "./run-engine.ts";
import type { Scratch } from "./scratch.ts";

/** Nothing is to be found in it, so as little as may be is looked for: a fifth of what -1 takes. */
const PACKING = ["--threads=0", "--lzma2=preset=0,mf=hc3,nice=3,depth=1,dict=4KiB"];
const SILENCE_MAX_MS = 30_000;
const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

export function whyNotPacked(): string | null {
  return missingPrograms("xz").length === 0 ? null : "xz is not there";
}

export type Packed = {
  readonly body: ImageBody;
  readonly pointFolder: string;
  /** Of the .xz at the distribution point. */
  readonly path: string;
};

/** The image as a distribution point holds it. */
export async function packImage(scratch: Scratch, image: BenchImage): Promise<Packed> {
  const { path, blob: expanded, mapped } = image;
  await runCommand(scratch, "xz", [...PACKING, "--keep", "--force", path]);
  const hashed = await hashFile(`${path}.xz`);
  if (!hashed.ok) throw new Error(hashed.problem.detail);
  const { sha256, sizeBytes } = hashed.value;
  const pointFolder = join(scratch.diskFolder, "point");
  const stored = join(pointFolder, blobPath(sha256));
  await mkdir(dirname(stored), { recursive: true });
  await rename(`${path}.xz`, stored);
  const body = { kind: "image", stored: { sha256, sizeBytes }, compression: "xz" } as const;
  return { body: { ...body, expanded, mapped }, pointFolder, path: stored };
}

/** As the agent does it, with nothing in its cache. */
export async function writePacked(
  scratch: Scratch,
  { body, pointFolder }: Packed,
  sources: readonly VirtualDriveSource[],
): Promise<StickTime[]> {
  const cacheDirectory = join(scratch.diskFolder, "cache");
  const place = { kind: "directory", path: pointFolder } as const;
  const server = openDirectoryPoint({ name: "point", place, silenceMaxMs: SILENCE_MAX_MS });
  const stop = new AbortController();
  const cache = await openContentCache(cacheDirectory, server, stop.signal, { log: SILENT });
  const prepare = async (): Promise<void> => {
    const expanded = await cache.ensureExpanded(body, () => undefined);
    if (!expanded.ok) throw new Error(expanded.problem.detail);
  };
  try {
    const image = { blob: body.expanded, cacheDirectory };
    return await runEngine(sources, { image, mapped: body.mapped, scratch, prepare });
  } finally {
    stop.abort();
    await rm(cacheDirectory, { recursive: true });
  }
}

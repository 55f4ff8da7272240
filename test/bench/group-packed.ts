import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openContentCache } from "@stickfarm/agent/content/content-cache";
import { openDirectoryPoint } from "@stickfarm/agent/content/directory-point";
import type { VirtualDriveSource } from "@stickfarm/agent/drive/parse-virtual-drive";
import { renderBytes } from "@stickfarm/common/bytes";
import { blobPath } from "@stickfarm/common/media/distribution-point";
import type { ImageBody } from "@stickfarm/common/media/manifest";
import { hashFile } from "@stickfarm/common/rim/hash-file";
import { missingPrograms } from "../support/run-program.ts";
import type { Bench, Group } from "./group.ts";
import { EIGHT_STICKS, judgePacked, ONE_STICK } from "./judge-sticks.ts";
import type { BenchImage } from "./make-bench-image.ts";
import type { GroupResult, StickTime } from "./results.ts";
import { runCommand } from "./run-command.ts";
import { runEngine } from "./run-engine.ts";
import { runRounds } from "./run-rounds.ts";
import {
  describeSticks,
  makeStickImage,
  openSticks,
  STICK_SPEED,
  whyNotSticks,
} from "./throttled-sticks.ts";

const TARGETS = 8;
/** Nothing is to be found in it, so as little as may be is looked for: a fifth of what -1 takes. */
const PACKING = ["--threads=0", "--lzma2=preset=0,mf=hc3,nice=3,depth=1,dict=4KiB"];
const SILENCE_MAX_MS = 30_000;
const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

/** An .xz image from a distribution point into an empty cache and onto sticks: expanded once, however many they are. */
export const packedGroup: Group = { name: "packed", run: runPacked };

async function runPacked(bench: Bench): Promise<GroupResult> {
  const setting = ".xz image";
  const missing = missingPrograms("xz").length === 0 ? null : "xz is not there";
  const why = missing ?? (await whyNotSticks(bench, TARGETS));
  if (why !== null) return { runs: [], verdicts: [], skipped: [`${setting}: ${why}`], remarks: [] };
  const image = await makeStickImage(bench);
  const packed = await packImage(bench, image);
  await using sticks = await openSticks(
    bench,
    Array.from({ length: TARGETS }, () => STICK_SPEED),
  );
  const write = (count: number) => () => writePacked(bench, packed, sticks.sources.slice(0, count));
  const run = await runRounds(
    { [ONE_STICK]: write(1), [EIGHT_STICKS]: write(TARGETS) },
    { setting, targets: TARGETS, limitSeconds: null },
    { ...bench, warmUp: false },
  );
  const remarks = [
    describeSticks(image),
    `Its .xz has ${renderBytes(packed.body.stored.sizeBytes)}; fetching and expanding it are within the times`,
  ];
  return { runs: [run], verdicts: judgePacked(run), skipped: [], remarks };
}

type Packed = { readonly body: ImageBody; readonly pointFolder: string };

/** The image as a distribution point holds it. */
async function packImage({ scratch }: Bench, image: BenchImage): Promise<Packed> {
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
  return { body: { ...body, expanded, mapped }, pointFolder };
}

/** As the agent does it, with nothing in its cache. */
async function writePacked(
  { scratch }: Bench,
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

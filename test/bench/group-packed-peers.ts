import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { GIB, MIB, renderBytes } from "@stickfarm/common/bytes";
import { findPeers } from "./find-peers.ts";
import type { Bench, Group } from "./group.ts";
import { ETCHER, judgeByEtcher, MAPPED, type PeersRun } from "./judge-peers.ts";
import { type BenchImage, makeBenchImage } from "./make-bench-image.ts";
import { openTargets, whyNotPlace } from "./open-targets.ts";
import { type Packed, packImage, whyNotPacked, writePacked } from "./packed-image.ts";
import type { Peer } from "./peers.ts";
import type { GroupResult } from "./results.ts";
import { runRounds } from "./run-rounds.ts";

/** An .xz image onto unthrottled loop devices, beside the one peer that expands it once for all of them. */
export const packedPeersGroup: Group = { name: "packed-peers", run: runPackedPeers };

async function runPackedPeers(bench: Bench): Promise<GroupResult> {
  const { peers, skipped } = await findPeers(bench);
  const etcher = peers.find(({ name }) => name === ETCHER);
  const targetCounts = bench.targets ?? (bench.quick ? [1] : [1, 8]);
  const sizeBytes = bench.quick ? 64 * MIB : GIB;
  const bytes = Math.max(...targetCounts) * sizeBytes;
  const why = whyNotPacked() ?? (await whyNotPlace("loop", bench.scratch, bytes));
  if (why !== null || etcher === undefined) {
    const lines = why === null ? skipped.filter((line) => line.startsWith(ETCHER)) : [why];
    return { runs: [], verdicts: [], skipped: lines, remarks: [] };
  }
  const image = await makeBenchImage(bench.scratch.diskFolder, { sizeBytes, changedEvery: null });
  const packed = await packImage(bench.scratch, image);
  const path = join(bench.scratch.diskFolder, "image.xz");
  await symlink(packed.path, path);
  const runs: PeersRun[] = [];
  for (const targets of targetCounts) {
    runs.push(await runSetting(bench, targets, { image, packed, path, etcher }));
  }
  const remarks = [
    `Image of ${renderBytes(sizeBytes)} with ${renderBytes(image.mappedBytes)} mapped, its .xz has ${renderBytes(packed.body.stored.sizeBytes)}; fetching it into an empty cache is within the times of ${MAPPED}`,
  ];
  return { runs, verdicts: runs.flatMap(judgeByEtcher), skipped: [], remarks };
}

type Compared = {
  readonly image: BenchImage;
  readonly packed: Packed;
  /** By a name that says what it is. */
  readonly path: string;
  readonly etcher: Peer;
};

async function runSetting(
  bench: Bench,
  targets: number,
  { image, packed, path, etcher }: Compared,
): Promise<PeersRun> {
  const { scratch } = bench;
  const { sizeBytes } = image.blob;
  await using opened = await openTargets({ place: "loop", targets }, scratch, sizeBytes);
  const job = { scratch, image: { path, sizeBytes, blockMapPath: "" }, place: "loop" } as const;
  const methods = {
    [ETCHER]: async () => {
      await etcher.run({ ...job, targets: opened.paths });
      return [];
    },
    [MAPPED]: () => writePacked(scratch, packed, opened.sources),
  };
  const about = { setting: `.xz, ${targets} x loop`, targets, limitSeconds: null };
  const run = await runRounds(methods, about, { ...bench, warmUp: false });
  return { ...run, place: "loop", mappedBytes: image.mappedBytes };
}

import { join } from "node:path";
import { writerArguments } from "@stickfarm/agent/write/start-writer";
import { MIB, renderBytes } from "@stickfarm/common/bytes";
import { missingPrograms } from "../support/run-program.ts";
import { findPeers } from "./find-peers.ts";
import type { Bench, Group } from "./group.ts";
import { ETCHER, EXACT, judgePeers, MAPPED, type PeersRun } from "./judge-peers.ts";
import { type BenchImage, makeBenchImage } from "./make-bench-image.ts";
import { measure } from "./measure.ts";
import { openTargets, whyNotPlace } from "./open-targets.ts";
import { loadEtcher, type Peer, type PeerImage } from "./peers.ts";
import type { GroupResult, Setting } from "./results.ts";
import { runCommand } from "./run-command.ts";
import { runEngine } from "./run-engine.ts";
import { type Methods, runRounds } from "./run-rounds.ts";

/** From so many targets on the image is half as large, so that all of them lie in memory. */
const MANY = 16;

/** The kernel counts hundredths of a second. */
const STARTS = 10;

/** Unthrottled targets beside other programs, on the same targets in the same rounds. */
export const peersGroup: Group = { name: "peers", run: runPeers };

async function runPeers(bench: Bench): Promise<GroupResult> {
  const { peers, skipped } = await findPeers(bench);
  const targetCounts = bench.targets ?? (bench.quick ? [1, 4] : [1, 4, 8, 16]);
  const images = new Map<number, BenchImage & PeerImage>();
  const runs: PeersRun[] = [];
  for (const place of bench.places) {
    for (const targets of targetCounts) {
      const sizeBytes = imageBytesFor(bench, targets);
      const setting = `${targets} x ${place}`;
      const why = await whyNotPlace(place, bench.scratch, targets * sizeBytes);
      if (why !== null) {
        skipped.push(`${setting}: ${why}`);
        continue;
      }
      const image = images.get(sizeBytes) ?? (await makeImage(bench, sizeBytes));
      images.set(sizeBytes, image);
      runs.push(await runSetting(bench, { place, targets }, { image, peers }));
    }
  }
  const sizes = [...images].map(
    ([sizeBytes, { mappedBytes }]) =>
      `${renderBytes(sizeBytes)} with ${renderBytes(mappedBytes)} mapped`,
  );
  const many = sizes.length > 1 ? `; the smaller one for ${MANY} targets` : "";
  const remarks = [
    `Image of ${sizes.join(" and of ")}${many}`,
    "CPU is that of processes; what the kernel's loop workers copy is in no row",
  ];
  remarks.push(await describeStarting(bench));
  if (peers.some(({ name }) => name === ETCHER)) {
    remarks.push(await describeLoading(bench));
    remarks.push(
      `${ETCHER} writes files through the page cache, so its rows of files hold a sync of the targets; it verifies them from that cache`,
    );
  }
  return { runs, verdicts: judgePeers(runs), skipped, remarks };
}

async function describeStarting({ scratch }: Bench): Promise<string> {
  const start = async () => {
    for (let count = 0; count < STARTS; count += 1)
      await runCommand(scratch, process.execPath, writerArguments(), { env: {} });
    return [];
  };
  const { cpuSeconds } = await measure(start, { watchMemory: false });
  const each = (cpuSeconds / STARTS).toFixed(3);
  return `To start a writer takes ${each} s of a processor; the rows of ${EXACT} and ${MAPPED} hold that and a reading of the image for each target, those of ${ETCHER} one loading and one reading in all`;
}

async function describeLoading({ scratch }: Bench): Promise<string> {
  const load = async () => {
    await loadEtcher(scratch);
    return [];
  };
  const { wallSeconds, cpuSeconds } = await measure(load, { watchMemory: false });
  return `To load ${ETCHER} takes ${wallSeconds.toFixed(2)} s and ${cpuSeconds.toFixed(2)} s of a processor, which its rows hold`;
}

function imageBytesFor({ quick }: Bench, targets: number): number {
  if (quick) return 256 * MIB;
  return (targets >= MANY ? 512 : 1024) * MIB;
}

async function makeImage(bench: Bench, sizeBytes: number): Promise<BenchImage & PeerImage> {
  const { scratch } = bench;
  const image = await makeBenchImage(scratch.diskFolder, { sizeBytes, changedEvery: null });
  const blockMapPath = join(scratch.diskFolder, `${image.blob.sha256}.bmap`);
  if (missingPrograms("bmaptool").length === 0)
    await runCommand(scratch, "bmaptool", ["--quiet", "create", image.path, "-o", blockMapPath]);
  return { ...image, sizeBytes, blockMapPath };
}

type Compared = { readonly image: BenchImage & PeerImage; readonly peers: readonly Peer[] };

async function runSetting(
  bench: Bench,
  setting: Setting,
  { image, peers }: Compared,
): Promise<PeersRun> {
  const { scratch } = bench;
  const { place, targets } = setting;
  await using opened = await openTargets(setting, scratch, image.blob.sizeBytes);
  const ours = (mapped: BenchImage["mapped"] | null) => () =>
    runEngine(opened.sources, { image, mapped, scratch });
  const theirs = peers
    .filter(({ targetsMax }) => targets <= targetsMax)
    .map(({ name, run }) => [
      name,
      async () => {
        await run({ scratch, image, place, targets: opened.paths });
        return [];
      },
    ]);
  const methods: Methods = {
    ...Object.fromEntries(theirs),
    [EXACT]: ours(null),
    [MAPPED]: ours(image.mapped),
  };
  const about = { setting: `${targets} x ${place}`, targets, limitSeconds: null };
  const run = await runRounds(methods, about, { ...bench, warmUp: true });
  return { ...run, place, mappedBytes: image.mappedBytes };
}

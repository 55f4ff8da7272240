import { renderBytes } from "@stickfarm/common/bytes";
import type { Bench, Group } from "./group.ts";
import { EIGHT_STICKS, judgePacked, ONE_STICK } from "./judge-sticks.ts";
import { packImage, whyNotPacked, writePacked } from "./packed-image.ts";
import type { GroupResult } from "./results.ts";
import { runRounds } from "./run-rounds.ts";
import {
  describeSticks,
  makeStickImage,
  openSticks,
  STICK_SPEED,
  whyNotSticks,
} from "./throttled-sticks.ts";

const TARGETS = 8;

/** An .xz image from a distribution point into an empty cache and onto sticks: expanded once, however many they are. */
export const packedGroup: Group = { name: "packed", run: runPacked };

async function runPacked(bench: Bench): Promise<GroupResult> {
  const setting = ".xz image";
  const why = whyNotPacked() ?? (await whyNotSticks(bench, TARGETS));
  if (why !== null) return { runs: [], verdicts: [], skipped: [`${setting}: ${why}`], remarks: [] };
  const image = await makeStickImage(bench);
  const packed = await packImage(bench.scratch, image);
  await using sticks = await openSticks(
    bench,
    Array.from({ length: TARGETS }, () => STICK_SPEED),
  );
  const write = (count: number) => () =>
    writePacked(bench.scratch, packed, sticks.sources.slice(0, count));
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

import { MIB } from "@stickfarm/common/bytes";
import type { Bench, Group } from "./group.ts";
import { judgeThrottled, STICKS } from "./judge-sticks.ts";
import type { GroupResult, Run } from "./results.ts";
import { runEngine } from "./run-engine.ts";
import { runRounds } from "./run-rounds.ts";
import {
  describeSticks,
  limitSecondsOf,
  makeStickImage,
  openSticks,
  STICK_SPEED,
  whyNotSticks,
} from "./throttled-sticks.ts";

/** Sticks that are slower than everything else, against what their speeds allow. */
export const throttledGroup: Group = { name: "throttled", run: runThrottled };

async function runThrottled(bench: Bench): Promise<GroupResult> {
  // Starting sixteen writers takes a second: the image is that of the other rows, not a smaller one.
  const sizeBytes = (bench.quick ? 64 : 1024) * MIB;
  const image = await makeStickImage(bench, { sizeBytes });
  const runs: Run[] = [];
  const skipped: string[] = [];
  for (const targets of bench.targets ?? (bench.quick ? [1, 4] : [1, 8, 16])) {
    const setting = targets === 1 ? "1 stick" : `${targets} sticks`;
    const why = await whyNotSticks(bench, targets, sizeBytes);
    if (why !== null) {
      skipped.push(`${setting}: ${why}`);
      continue;
    }
    await using sticks = await openSticks(
      bench,
      Array.from({ length: targets }, () => STICK_SPEED),
      sizeBytes,
    );
    const { sources } = sticks;
    const write = () => runEngine(sources, { image, mapped: image.mapped, scratch: bench.scratch });
    const about = { setting, targets, limitSeconds: limitSecondsOf(image) };
    runs.push(await runRounds({ [STICKS]: write }, about, { ...bench, warmUp: false }));
  }
  const remarks = runs.length === 0 ? [] : [describeSticks(image)];
  return { runs, verdicts: runs.map(judgeThrottled), skipped, remarks };
}

import type { Bench, Group } from "./group.ts";
import { ALONE, judgeOthers, WITH_SLOW } from "./judge-sticks.ts";
import type { GroupResult } from "./results.ts";
import { runEngine } from "./run-engine.ts";
import { runRounds } from "./run-rounds.ts";
import {
  describeSticks,
  makeStickImage,
  openSticks,
  STICK_SPEED,
  stickImageBytes,
  whyNotSticks,
} from "./throttled-sticks.ts";

const SLOW = { write: STICK_SPEED.write / 4, read: STICK_SPEED.read / 4 };

/** The last of eight sticks has a quarter of the others' speed, and they do not notice. */
export const slowStickGroup: Group = { name: "slow-stick", run: runSlowStick };

async function runSlowStick(bench: Bench): Promise<GroupResult> {
  const targets = bench.quick ? 4 : 8;
  const setting = `${targets - 1} sticks and a slow one`;
  const why = await whyNotSticks(bench, targets);
  if (why !== null) return { runs: [], verdicts: [], skipped: [`${setting}: ${why}`], remarks: [] };
  const image = await makeStickImage(bench, { sizeBytes: stickImageBytes(bench) / 2 });
  const speeds = Array.from({ length: targets }, (_, index) =>
    index === targets - 1 ? SLOW : STICK_SPEED,
  );
  await using sticks = await openSticks(bench, speeds);
  const { sources } = sticks;
  const options = { image, mapped: image.mapped, scratch: bench.scratch };
  const run = await runRounds(
    {
      [ALONE]: () => runEngine(sources.slice(0, -1), options),
      [WITH_SLOW]: () => runEngine(sources, options),
    },
    { setting, targets, limitSeconds: null },
    { ...bench, warmUp: false },
  );
  return {
    runs: [run],
    verdicts: [judgeOthers(run)],
    skipped: [],
    remarks: [describeSticks(image)],
  };
}

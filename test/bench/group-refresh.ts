import { PLAIN_POLICY, type WritePolicy } from "@stickfarm/common/build/write-policy";
import type { Bench, Group } from "./group.ts";
import { FULL, judgeRefresh, type REFRESHES } from "./judge-sticks.ts";
import type { BenchImage } from "./make-bench-image.ts";
import { planChanged, sumLengths } from "./plan-image.ts";
import type { GroupResult } from "./results.ts";
import { runEngine } from "./run-engine.ts";
import { type Methods, runRounds } from "./run-rounds.ts";
import {
  describeSticks,
  makeStickImage,
  openSticks,
  STICK_SPEED,
  whyNotSticks,
} from "./throttled-sticks.ts";

const CHANGED_EVERY = 20;

const COMPARED: WritePolicy = { ...PLAIN_POLICY, rewrite: "refresh", proof: "compared" };
const READ_BACK: WritePolicy = { ...PLAIN_POLICY, rewrite: "refresh", proof: "read-back" };
const AUTO: WritePolicy = { ...PLAIN_POLICY, rewrite: "auto", proof: "compared" };

/** A stick that holds an earlier build: each step of a round finds on it what the step before has left. */
export const refreshGroup: Group = { name: "refresh", run: runRefresh };

async function runRefresh(bench: Bench): Promise<GroupResult> {
  const setting = "1 stick";
  const why = await whyNotSticks(bench, 1);
  if (why !== null) return { runs: [], verdicts: [], skipped: [`${setting}: ${why}`], remarks: [] };
  const first = await makeStickImage(bench);
  const changed = await makeStickImage(bench, { changedEvery: CHANGED_EVERY });
  const other = await makeStickImage(bench, { changedEvery: 1 });
  await using sticks = await openSticks(bench, [STICK_SPEED]);
  const write = (image: BenchImage, policy: WritePolicy) => () =>
    runEngine(sticks.sources, { image, mapped: image.mapped, scratch: bench.scratch, policy });
  const methods = {
    [FULL]: write(first, PLAIN_POLICY),
    "5 % changed, compared": write(changed, COMPARED),
    "5 % changed, read-back": write(first, READ_BACK),
    "all changed": write(other, AUTO),
  } satisfies Methods & Record<keyof typeof REFRESHES, unknown>;
  const about = { setting, targets: 1, limitSeconds: null };
  const run = await runRounds(methods, about, { ...bench, warmUp: false });
  const changedBytes = sumLengths(planChanged(first.mapped, CHANGED_EVERY));
  const share = ((100 * changedBytes) / first.mappedBytes).toFixed(1);
  const remarks = [
    describeSticks(first),
    `Changed in the rows of 5 %: ${share} % of what is mapped`,
  ];
  return { runs: [run], verdicts: judgeRefresh(run), skipped: [], remarks };
}

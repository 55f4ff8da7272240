import { judgeRatio, ratioOf, samplesOf, spreadOf } from "./compare.ts";
import type { Measured, Run, Verdict } from "./results.ts";

const LIMIT_MAX = 1.05;
const OTHERS_MAX = 1.05;
const PACKED_MAX = 1.15;

export const STICKS = "mapped";

/** Throttled sticks against what their speeds allow. */
export function judgeThrottled(run: Run): Verdict {
  const limitSeconds = run.limitSeconds ?? Number.NaN;
  const ratios = samplesOf(run, STICKS).map(({ wallSeconds }) => wallSeconds / limitSeconds);
  const bar = `${run.setting}: wall / (mapped / W + mapped / R)`;
  return judgeRatio(bar, spreadOf(ratios), { max: LIMIT_MAX, run, method: STICKS });
}

export const ALONE = "without it";
export const WITH_SLOW = "with it";

/** Of the sticks but the last, the last one's end, beside a stick at a quarter of their speed and without it. */
export function judgeOthers(run: Run): Verdict {
  const alone = samplesOf(run, ALONE).map((sample) => endOf(sample, run.targets - 1));
  const beside = samplesOf(run, WITH_SLOW).map((sample) => endOf(sample, run.targets - 1));
  const ratios = beside.map((seconds, round) => seconds / (alone[round] ?? Number.NaN));
  const bar = "beside one stick at a quarter of the speed: the others' wall / without it";
  return judgeRatio(bar, spreadOf(ratios), { max: OTHERS_MAX, run, method: WITH_SLOW });
}

function endOf({ sticks }: Measured, count: number): number {
  return Math.max(...sticks.slice(0, count).map(({ doneSeconds }) => doneSeconds));
}

export const FULL = "full write";
/** Each by its bar, as a part of the full write and verification. */
export const REFRESHES = {
  "5 % changed, compared": 0.22,
  "5 % changed, read-back": 0.4,
  "all changed": 1.15,
} as const;

export function judgeRefresh(run: Run): Verdict[] {
  return Object.entries(REFRESHES).flatMap(([method, max]) => {
    const ratio = ratioOf(run, [method, FULL], "wallSeconds");
    const bar = `refresh, ${method}: wall / ${FULL}`;
    return ratio === null ? [] : [judgeRatio(bar, ratio, { max, run, method })];
  });
}

export const ONE_STICK = "1 stick";
export const EIGHT_STICKS = "8 sticks";

export function judgePacked(run: Run): Verdict[] {
  const ratio = ratioOf(run, [EIGHT_STICKS, ONE_STICK], "wallSeconds");
  const bar = ".xz image: wall of 8 sticks / 1 stick";
  if (ratio === null) return [];
  return [judgeRatio(bar, ratio, { max: PACKED_MAX, run, method: EIGHT_STICKS })];
}

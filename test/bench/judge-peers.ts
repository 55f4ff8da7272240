import { GIB } from "@stickfarm/common/bytes";
import { type Field, judgeRatio, ratioOf, samplesOf, spreadOf } from "./compare.ts";
import type { Place, Run, Setting, Verdict } from "./results.ts";

export const EXACT = "exact";
export const MAPPED = "mapped";
export const DD = "dd + cmp";
export const ETCHER = "etcher-sdk";

export type PeersRun = Run & Setting & { readonly mappedBytes: number };

/** Of etcher-sdk's wall time, by the number of targets. Judged is what skips what a block map leaves out. */
const ETCHER_WALL: Readonly<Record<number, number>> = { 1: 0.4, 4: 0.45, 8: 0.5 };
const ETCHER_CPU: Readonly<Record<Place, number>> = { loop: 0.5, file: 0.25 };
const ETCHER_CPU_TARGETS = [4, 8];
const DD_CPU = 0.7;
/** Seconds of a processor for each GiB that is written and read back on one more drive. */
const EXTRA_DRIVE_MAX = 0.6;

export function judgePeers(runs: readonly PeersRun[]): Verdict[] {
  return [...runs.flatMap(judgeByDd), ...runs.flatMap(judgeByEtcher), ...judgeExtraDrives(runs)];
}

function judgeByDd(run: PeersRun): Verdict[] {
  return [EXACT, MAPPED].flatMap((method) => [
    ...judge(run, [method, DD], "wallSeconds", ddWallMax(run)),
    ...judge(run, [method, DD], "cpuSeconds", DD_CPU),
  ]);
}

function ddWallMax({ place, targets }: Setting): number {
  if (targets < 4) return 0.7;
  return place === "loop" ? 0.5 : 0.8;
}

/** By its wall time, and by its CPU where there is a bar for it. */
export function judgeByEtcher(run: PeersRun): Verdict[] {
  const wallMax = ETCHER_WALL[run.targets];
  const cpuMax = ETCHER_CPU_TARGETS.includes(run.targets) ? ETCHER_CPU[run.place] : undefined;
  return [
    ...judge(run, [MAPPED, ETCHER], "wallSeconds", wallMax),
    ...judge(run, [MAPPED, ETCHER], "cpuSeconds", cpuMax),
  ];
}

function judge(
  run: PeersRun,
  methods: readonly [string, string],
  field: Field,
  max: number | undefined,
): Verdict[] {
  const ratio = ratioOf(run, methods, field);
  if (ratio === null || max === undefined) return [];
  const [method, peer] = methods;
  const bar = `${method}, ${run.setting}: ${field === "wallSeconds" ? "wall" : "CPU"} / ${peer}`;
  return [judgeRatio(bar, ratio, { max, run, method })];
}

/** The slope from one drive to eight of the same image, on loops, where no disk is in the way. */
function judgeExtraDrives(runs: readonly PeersRun[]): Verdict[] {
  const loops = runs.filter(({ place }) => place === "loop");
  const [one, eight] = [1, 8].map((count) => loops.find(({ targets }) => targets === count));
  if (one === undefined || eight === undefined) return [];
  const few = samplesOf(one, MAPPED);
  const perGib = samplesOf(eight, MAPPED).map(
    ({ cpuSeconds }, round) =>
      (cpuSeconds - (few[round]?.cpuSeconds ?? Number.NaN)) / 7 / (eight.mappedBytes / GIB),
  );
  const bar = `${MAPPED}, loop: CPU s per GiB of one more drive`;
  const about = { max: EXTRA_DRIVE_MAX, run: eight, method: MAPPED };
  return [judgeRatio(bar, spreadOf(perGib), about)];
}

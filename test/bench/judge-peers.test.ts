import { GIB } from "@stickfarm/common/bytes";
import { expect, test } from "vitest";
import { runOf, sampleOf } from "./bench-fixture.ts";
import { judgePeers, type PeersRun } from "./judge-peers.ts";
import type { Place } from "./results.ts";

/** Seconds of a processor by method, for each round; wall seconds are ten times as many. */
function peersRun(
  targets: number,
  place: Place,
  cpuSeconds: Readonly<Record<string, readonly number[]>>,
): PeersRun {
  const samples = Object.fromEntries(
    Object.entries(cpuSeconds).map(([method, rounds]) => [
      method,
      rounds.map((cpu) => sampleOf(10 * cpu, { cpuSeconds: cpu })),
    ]),
  );
  const setting = `${targets} x ${place}`;
  return { ...runOf(samples, { setting, targets }), place, mappedBytes: GIB };
}

test("judgePeers() takes the ratio within each round, and the median of them", () => {
  const run = peersRun(8, "loop", { "etcher-sdk": [4, 40, 10], mapped: [2, 12, 9] });
  const [wall, cpu] = judgePeers([run]);
  expect(wall).toMatchObject({ bar: "mapped, 8 x loop: wall / etcher-sdk", max: 0.5, value: 0.5 });
  expect(wall).toMatchObject({ reached: true, binds: "" });
  expect(cpu).toMatchObject({ bar: "mapped, 8 x loop: CPU / etcher-sdk", max: 0.5, value: 0.5 });
  expect(cpu?.noise).toBeCloseTo((0.9 - 0.3) / 2);
});

test.each([
  [1, "file", [0.4]],
  [4, "file", [0.45, 0.25]],
  [8, "file", [0.5, 0.25]],
  [1, "loop", [0.4]],
  [4, "loop", [0.45, 0.5]],
  [16, "loop", []],
] as const)("judgePeers() holds %i x %s to etcher-sdk's bars", (targets, place, bars) => {
  const run = peersRun(targets, place, { "etcher-sdk": [10], mapped: [9], exact: [9] });
  const verdicts = judgePeers([run]);
  expect(verdicts.map(({ max }) => max)).toEqual(bars);
  expect(verdicts.every(({ reached, binds }) => !reached && binds !== "")).toBe(true);
});

test("judgePeers() holds both ways of writing to the bars of dd + cmp", () => {
  const verdicts = judgePeers([peersRun(4, "loop", { "dd + cmp": [10], exact: [6], mapped: [5] })]);
  expect(verdicts.map(({ bar, max, reached }) => [bar, max, reached])).toEqual([
    ["exact, 4 x loop: wall / dd + cmp", 0.5, false],
    ["exact, 4 x loop: CPU / dd + cmp", 0.7, true],
    ["mapped, 4 x loop: wall / dd + cmp", 0.5, true],
    ["mapped, 4 x loop: CPU / dd + cmp", 0.7, true],
  ]);
});

test("judgePeers() takes an extra drive's CPU from the slope between one and eight loops", () => {
  const [only, ...others] = judgePeers([
    peersRun(1, "loop", { mapped: [1, 1] }),
    peersRun(8, "loop", { mapped: [4.5, 5.2] }),
    peersRun(8, "file", { mapped: [100, 100] }),
  ]);
  expect(only).toMatchObject({ max: 0.6, reached: true });
  expect(only?.value).toBeCloseTo(0.55);
  expect(others).toEqual([]);
});

test("judgePeers() judges nothing by a peer that was not there", () => {
  expect(judgePeers([peersRun(8, "file", { mapped: [1] })])).toEqual([]);
});

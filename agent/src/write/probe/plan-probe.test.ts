import { GIB, MIB } from "@stickfarm/common/bytes";
import { diceOf } from "@stickfarm/common/test-dice";
import { expect, test } from "vitest";
import { planProbe } from "./plan-probe.ts";

test.each([
  ["512 MiB", 512 * MIB, 10 * MIB],
  ["16 GiB", 16 * GIB, 258 * MIB],
  ["256 GiB", 256 * GIB, 258 * MIB],
])("planProbe() of %s writes what takes seconds", (_, sizeBytes, runBytes) => {
  const { singles, runFromBytes, reads } = planProbe(sizeBytes, diceOf(1));
  expect(sizeBytes - runFromBytes).toBe(runBytes);
  expect(singles.length).toBeLessThan(1200);
  expect(reads.length).toBeLessThan(singles.length + 140);
});

test("planProbe() keeps its places apart, behind the first MiB and before the run, for many sizes", () => {
  const broken: string[] = [];
  for (let seed = 1; seed <= 500; seed += 1) {
    const random = diceOf(seed);
    const sizeBytes = 512 * Math.ceil(random() * 2 ** (12 + 20 * random()));
    const { singles, runFromBytes, reads } = planProbe(sizeBytes, random);
    const places = [...singles].reverse();
    const isApart = places.every((at, index) => at + 4096 <= (places[index + 1] ?? runFromBytes));
    const isBehind = places.every((at) => at >= MIB) && runFromBytes >= Math.min(MIB, sizeBytes);
    const isInside = reads.every((at) => at >= MIB && at + 4096 <= sizeBytes);
    if (!isApart || !isBehind || !isInside) broken.push(`seed ${seed}: ${sizeBytes}`);
    const isWhole = sizeBytes < MIB + 4096 || reads.includes(sizeBytes - 4096);
    if (!isWhole) broken.push(`seed ${seed}: the end of ${sizeBytes} is not asked`);
  }
  expect(broken).toEqual([]);
});

test("planProbe() has its run cover a single block or what was erased, modulo whatever number", () => {
  const broken: string[] = [];
  for (const sizeBytes of [16 * MIB, 4 * GIB + 512, 64 * GIB, 250_059_350_016]) {
    const random = diceOf(sizeBytes);
    const { singles, runFromBytes } = planProbe(sizeBytes, random);
    for (let pick = 0; pick < 500; pick += 1) {
      const modulo = 512 * Math.ceil(128 + (random() * (sizeBytes - MIB)) / 512);
      // The part of the run whose addresses are beyond the modulo.
      const from = Math.max(runFromBytes, modulo);
      const first = from % modulo;
      const end = first + sizeBytes - from;
      const isHit = (at: number): boolean => at < end && at + 4096 > first;
      const isCovered = singles.some((at) => at < modulo && (isHit(at) || isHit(at + modulo)));
      const isErased = first < MIB || end > modulo;
      if (!isCovered && !isErased) broken.push(`${sizeBytes} modulo ${modulo}`);
    }
  }
  expect(broken).toEqual([]);
});

test("planProbe() reads in no order", () => {
  const { reads } = planProbe(GIB, diceOf(1));
  const ups = reads.filter((at, index) => index > 0 && at > (reads[index - 1] ?? 0)).length;
  expect(ups).toBeGreaterThan(reads.length / 3);
  expect(ups).toBeLessThan((2 * reads.length) / 3);
});

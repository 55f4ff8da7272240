import { expect, test } from "vitest";
import { runOf, sampleOf } from "./bench-fixture.ts";
import { renderGroup } from "./render-results.ts";

test("renderGroup() shows rows with their noise, ratios to the peers that were there, and bars", () => {
  const samples = {
    "dd + cmp": [sampleOf(10, { cpuSeconds: 4 }), sampleOf(12, { cpuSeconds: 4 })],
    mapped: [sampleOf(5), sampleOf(6)],
  };
  const verdict = { bar: "wall", value: 0.5, noise: 0.01, max: 0.4, reached: false, binds: "it" };
  const result = {
    runs: [runOf(samples, { peakBytes: { mapped: 100 * 1024 * 1024 } })],
    verdicts: [verdict, { ...verdict, max: 0.5, reached: true, binds: "" }],
    skipped: ["etcher-sdk: it is not installed"],
    remarks: ["Image of 1 GiB"],
  };
  expect(renderGroup("peers", result, ["dd + cmp", "etcher-sdk"])).toBe(`== peers

Image of 1 GiB

setting   method    wall s    +-  CPU s  peak MiB  wall / dd + cmp  CPU / dd + cmp
--------  --------  ------  ----  -----  --------  ---------------  --------------
8 x loop  dd + cmp   11.00  1.00   4.00                       1.00            1.00
8 x loop  mapped      5.50  0.50   1.00       100             0.50            0.25

SKIPPED: etcher-sdk: it is not installed

bar   measured    +-  at most           what binds
----  --------  ----  -------  -------  ----------
wall      0.50  0.01     0.40   MISSED  it
wall      0.50  0.01     0.50  reached`);
});

test("renderGroup() shows the limit where there is one, and nothing of what was not run", () => {
  const limited = runOf({ mapped: [sampleOf(11)] }, { limitSeconds: 10 });
  const empty = { verdicts: [], skipped: [], remarks: [] };
  expect(renderGroup("sticks", { ...empty, runs: [limited] }, [])).toMatch(
    /limit s\n.*\n.* 10\.00$/,
  );
  const skipped = ["8 sticks: control groups need root"];
  expect(renderGroup("sticks", { ...empty, runs: [], skipped }, [])).toBe(
    "== sticks\n\nSKIPPED: 8 sticks: control groups need root",
  );
});

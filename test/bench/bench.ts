/**
 * How fast sticks are written and proven, beside `dd bs=4M oflag=direct conv=fsync` and `cmp` on the same targets in the
 * same run. Ratios to dd + cmp of the same round are what counts; seconds differ with the machine and its day.
 *
 *   pnpm bench [--json] [--quick] [--rounds N] [--targets 1,4,8] [--places file,loop]
 */
import { cpus, loadavg, release } from "node:os";
import { parseArgs } from "node:util";
import { renderBytes } from "@stickfarm/common/bytes";
import { judge } from "./judge.ts";
import { makeBenchImage } from "./make-bench-image.ts";
import { type Measured, measure } from "./measure.ts";
import { median } from "./median.ts";
import { openTargets, whyNotPlace } from "./open-targets.ts";
import { renderResults } from "./render-results.ts";
import { METHODS, type Method, type Row, type Setting } from "./results.ts";
import { runEngine } from "./run-engine.ts";
import { runPeer } from "./run-peer.ts";
import { openScratch, type Scratch } from "./scratch.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    rounds: { type: "string" },
    targets: { type: "string" },
    places: { type: "string", default: "file,loop" },
  },
});
const imageBytes = (values.quick ? 256 : 1024) * 1024 * 1024;
const rounds = Number(values.rounds ?? (values.quick ? 3 : 5));
const targetCounts = (values.targets ?? (values.quick ? "1,4" : "1,4,8")).split(",").map(Number);
const places = values.places.split(",").map((place) => (place === "loop" ? "loop" : "file"));

const scratch = await openScratch();
try {
  await run(scratch);
} finally {
  await scratch.remove();
}

async function run(at: Scratch): Promise<void> {
  say(
    `Node ${process.version}, Linux ${release()}, ${cpus().length} x ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}`,
  );
  const image = await makeBenchImage(at.diskFolder, imageBytes);
  say(
    `Image of ${renderBytes(imageBytes)}, ${((100 * image.mappedBytes) / imageBytes).toFixed(0)} % mapped; ${rounds} rounds after one to warm up, in turn; medians`,
  );
  const rows: Row[] = [];
  for (const place of places) {
    for (const targets of targetCounts) {
      const why = await whyNotPlace(place, at, targets * imageBytes);
      if (why === null) rows.push(...(await runSetting({ place, targets })));
      else say(`SKIPPED: ${targets} x ${place}: ${why}`);
    }
  }
  const verdicts = values.quick ? [] : judge(rows);
  if (values.json) console.log(JSON.stringify({ imageBytes, rounds, rows, verdicts }, null, 2));
  else console.log(renderResults(rows, verdicts));
  if (values.quick) say("Quick: start-up weighs more than in earnest, so no bars are judged");

  async function runSetting(setting: Setting): Promise<Row[]> {
    await using targets = await openTargets(setting, at, imageBytes);
    const doOnce: Readonly<Record<Method, () => Promise<void>>> = {
      "dd + cmp": () => runPeer(image.path, targets.paths),
      exact: () => runEngine(targets.sources, { image, mapped: null, scratch: at }),
      mapped: () => runEngine(targets.sources, { image, mapped: image.mapped, scratch: at }),
    };
    const all: Measured[][] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const measured: Measured[] = [];
      for (const [index, method] of METHODS.entries()) {
        measured[index] = await measure(doOnce[method], { watchMemory: round === 0 });
      }
      say(
        `${setting.targets} x ${setting.place}, ${round === 0 ? "warm-up" : `round ${round}`}: ${METHODS.map((method, index) => `${method} ${measured[index]?.wallSeconds.toFixed(2)} s`).join(", ")}`,
      );
      all.push(measured);
    }
    return METHODS.map((method, index) => rowOf(setting, method, { all, index }));
  }
}

function rowOf(
  setting: Setting,
  method: Method,
  { all, index }: { readonly all: readonly (readonly Measured[])[]; readonly index: number },
): Row {
  const timed = all.slice(1);
  const pick = (field: "wallSeconds" | "cpuSeconds"): number[] =>
    timed.map((round) => round[index]?.[field] ?? Number.NaN);
  const ratio = (field: "wallSeconds" | "cpuSeconds"): number[] =>
    timed.map((round) => (round[index]?.[field] ?? Number.NaN) / (round[0]?.[field] ?? Number.NaN));
  return {
    ...setting,
    method,
    wallSeconds: median(pick("wallSeconds")),
    cpuSeconds: median(pick("cpuSeconds")),
    wallRatio: median(ratio("wallSeconds")),
    cpuRatio: median(ratio("cpuSeconds")),
    peakBytes: all[0]?.[index]?.peakBytes ?? Number.NaN,
  };
}

function say(line: string): void {
  console.error(line);
}

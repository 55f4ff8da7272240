/**
 * How fast sticks are written and proven, beside other programs on the same targets in the same rounds. Ratios within a
 * round are what counts; seconds differ with the machine and its day.
 *
 *   npm run bench -- [--only GROUP,...] [--quick] [--json] [--install] [--rounds N] [--targets 1,4,8,16]
 *                    [--places file,loop]
 */
import { cpus, loadavg, release } from "node:os";
import type { Bench, Group } from "./group.ts";
import { memoryGroup } from "./group-memory.ts";
import { packedGroup } from "./group-packed.ts";
import { packedPeersGroup } from "./group-packed-peers.ts";
import { peersGroup } from "./group-peers.ts";
import { refreshGroup } from "./group-refresh.ts";
import { slowStickGroup } from "./group-slow-stick.ts";
import { throttledGroup } from "./group-throttled.ts";
import { DD, ETCHER } from "./judge-peers.ts";
import { parseOptions } from "./parse-options.ts";
import { renderGroup, renderRows } from "./render-results.ts";
import type { GroupResult, Run } from "./results.ts";
import { openScratch } from "./scratch.ts";

const GROUPS: readonly Group[] = [
  peersGroup,
  throttledGroup,
  slowStickGroup,
  refreshGroup,
  packedGroup,
  packedPeersGroup,
  memoryGroup,
];
const AGAINST = [DD, ETCHER];

const options = parseOptions(
  process.argv.slice(2),
  GROUPS.map(({ name }) => name),
);
const scratch = await openScratch();
try {
  await runGroups({ ...options, scratch, say, show });
} finally {
  await scratch.remove();
}

async function runGroups(bench: Bench): Promise<void> {
  const startedAtMs = performance.now();
  say(
    `Node ${process.version}, Linux ${release()}, ${cpus().length} x ${cpus()[0]?.model}; ${bench.rounds} rounds in turn, medians`,
  );
  const all: Record<string, GroupResult> = {};
  for (const { name, run } of GROUPS.filter(({ name }) => options.only.includes(name))) {
    const result = await run(bench).catch((error: Error) => {
      // What was measured before it, and what comes after it, is worth having.
      process.exitCode = 1;
      return { runs: [], verdicts: [], skipped: [`broken off: ${error.message}`], remarks: [] };
    });
    all[name] = bench.quick ? { ...result, verdicts: [] } : result;
    say(`${name} done after ${minutesSince(startedAtMs)}, load ${loadavg()[0]?.toFixed(1)}`);
    if (!options.json) console.log(`${renderGroup(name, all[name], AGAINST)}\n`);
  }
  if (options.json) console.log(JSON.stringify(all, null, 2));
  if (bench.quick) say("Quick: starting weighs more than in earnest, so no bars are judged");
}

function minutesSince(startedAtMs: number): string {
  return `${((performance.now() - startedAtMs) / 60_000).toFixed(1)} minutes`;
}

function show(run: Run): void {
  say(`\n${renderRows([run], AGAINST)}\n`);
}

function say(line: string): void {
  console.error(line);
}

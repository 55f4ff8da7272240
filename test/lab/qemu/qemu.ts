/**
 * A long run on a virtual workstation whose sticks are plugged and pulled while they are built on, before a release: real
 * USB drivers behind a USB 3 controller, real programs, and judges that look at the sticks from outside.
 *
 *   npm run lab:qemu -- [--rounds N] [--minutes N] [--seed N]
 */
import { rmSync } from "node:fs";
import { missingPrograms } from "../../support/run-program.ts";
import { makeTempDirectory } from "../../support/temp-directory.ts";
import { type AgentSize, judgeHealth } from "./agent-health.ts";
import { type Lab, openLab } from "./open-lab.ts";
import { type Options, parseOptions } from "./parse-options.ts";
import { type Row, renderRows } from "./render-rows.ts";
import { PORTS, QEMU } from "./run-machine.ts";
import { judgeBystander, type Run } from "./stage.ts";
import { runFaults } from "./stage-faults.ts";
import { runFour } from "./stage-four.ts";
import { runRounds } from "./stage-rounds.ts";
import { digestOf, makeStick } from "./stick.ts";
import { applyFiles, applyImage } from "./test-media.ts";

const NEEDED = [
  QEMU,
  "cpio",
  "busybox",
  "nats-server",
  "mkfs.fat",
  "fsck.fat",
  "mcopy",
  "sfdisk",
  "cmp",
];
const LAST_WORDS = 4000;

const options = parseOptions(process.argv.slice(2), () => Date.now() % 2 ** 32);
const missing = missingPrograms(...NEEDED);
if (missing.length > 0) {
  say(`Cannot run without ${missing.join(", ")}: sh test/support/set-up.sh --test installs them`);
  process.exit(2);
}
const { path: folder, remove } = await makeTempDirectory();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  // What was started goes with this process.
  process.once(signal, () => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    process.exit(130);
  });
}
try {
  process.exitCode = await runLab(options);
} finally {
  await remove();
}

async function runLab({ seed, rounds, minutes }: Options): Promise<number> {
  const startedAtMs = performance.now();
  const replay = `npm run lab:qemu -- --seed ${seed} --rounds ${rounds}`;
  say(`Seed ${seed}; to replay: ${replay}`);
  const lab = await openLab(folder, say);
  say(`A workstation runs under ${lab.machine.accelerator} after ${secondsSince(startedAtMs)}`);
  const rows: Row[] = [];
  const add = (row: Row): void => {
    rows.push(row);
    say(`${secondsSince(startedAtMs)}: ${row.done}: ${[row.outcome, ...row.broken].join("; ")}`);
  };
  try {
    const untilMs = startedAtMs + minutes * 60_000;
    await runStages(lab, add, { seed, rounds, untilMs });
  } catch (error) {
    say(`The agent's last words:\n${(await lab.agentLog()).slice(-LAST_WORDS)}`);
    say(`The machine's last words:\n${lab.machine.console().slice(-LAST_WORDS)}`);
    throw error;
  } finally {
    await lab.close();
  }
  console.log(renderRows(rows));
  say(`${secondsSince(startedAtMs)} in all; to replay: ${replay}`);
  return rows.some(({ broken }) => broken.length > 0) ? 1 : 0;
}

async function runStages(
  lab: Lab,
  add: Run["add"],
  limits: Parameters<typeof runRounds>[1],
): Promise<void> {
  const bystander = await makeStick(lab.folder, "bystander");
  const before = await digestOf(bystander);
  const { pull } = await lab.hub.plug(bystander, { port: PORTS });
  const [files, image] = [await applyFiles(lab), await applyImage(lab)];
  const run: Run = { lab, files, image, bystander, add };
  await runFour(run);
  await runFaults(run);
  const size = await lab.agentSize();
  await runRounds(run, limits);
  await judgeAgent(run, size);
  await pull();
  await judgeBystander(run, before);
  judgeMachine(run);
}

/** It has nothing to do now, as before the rounds. */
async function judgeAgent({ lab, add }: Run, before: AgentSize): Promise<void> {
  const after = await lab.agentSize();
  const mib = (size: AgentSize): string => (size.kib / 1024).toFixed(0);
  add({
    done: "the agent, from before the rounds to after them",
    outcome: `${before.handles} to ${after.handles} handles, ${mib(before)} to ${mib(after)} MiB`,
    tookMs: 0,
    broken: judgeHealth(before, after, await lab.agentLog()),
  });
}

/** A kernel that says more than usual has met something that it should not. */
function judgeMachine({ lab, add }: Run): void {
  const words = lab.machine
    .console()
    .match(/^.*(?:BUG:|Oops|Call Trace|blocked for more than).*$/m);
  add({
    done: "the machine's kernel",
    outcome: words?.[0] ?? "at ease",
    tookMs: 0,
    broken: words === null ? [] : ["complained"],
  });
}

function secondsSince(startedAtMs: number): string {
  return `${((performance.now() - startedAtMs) / 1000).toFixed(0)} s`;
}

function say(line: string): void {
  console.error(line);
}

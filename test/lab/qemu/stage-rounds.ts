import { setTimeout as sleep } from "node:timers/promises";
import { diceOf } from "@stickfarm/common/test-dice";
import type { PluggedStick } from "./hub.ts";
import { type Bay, bayOf, lastInsertionOf, orderBuild, type WatchedBuild } from "./order-build.ts";
import { type Pull, planRound, type Round } from "./plan-round.ts";
import { PORTS } from "./run-machine.ts";
import { judgeEnding, type Run } from "./stage.ts";
import { digestOf, makeStick, type Stick } from "./stick.ts";

const STICKS = 4;

export type RoundsLimits = {
  readonly seed: number;
  readonly rounds: number;
  /** More rounds until then, by performance.now(). */
  readonly untilMs: number;
};

/** Plug, order, pull in some phase, put back elsewhere, order again: round after round, as the dice say. */
export async function runRounds(run: Run, limits: RoundsLimits): Promise<void> {
  const dice = diceOf(limits.seed);
  const pool = await Promise.all(
    Array.from({ length: STICKS }, (_, index) => makeStick(run.lab.folder, `pool-${index + 1}`)),
  );
  // The last port is the bystander's.
  const places = { sticks: STICKS, ports: PORTS - 1 };
  for (let count = 1; count <= limits.rounds || performance.now() < limits.untilMs; count += 1) {
    const round = planRound(dice, places);
    const stick = pool[round.stick];
    if (stick !== undefined) await runRound(run, { ...round, name: `round ${count}`, stick });
  }
}

type NamedRound = Omit<Round, "stick"> & { readonly name: string; readonly stick: Stick };

async function runRound(run: Run, round: NamedRound): Promise<void> {
  const { lab, image } = run;
  const { name, stick, from, pull } = round;
  const before = await digestOf(stick);
  const lastInsertion = await lastInsertionOf(lab, stick);
  const plugged = await lab.hub.plug(stick, { port: from, speed: pull.speed });
  const bay = await bayOf(lab, stick, lastInsertion);
  const build = await orderBuild(lab, image.name, [bay]);
  const { sinceMs, when } = await pullAt(build, plugged, pull);
  const job = await build.outcome(stick);
  const done = `${name}: ${stick.name} pulled from port ${from} ${when}`;
  const endedAtMs = performance.now();
  const ending = { stick, before, media: image };
  await judgeEnding(run, { ...ending, done, job, sinceMs, endedAtMs, must: null });
  await orderAgain(run, { ...round, bay });
}

/** Pull it when its time has come, or when its job is over before. */
async function pullAt(
  { reaches }: WatchedBuild,
  { stick, setSpeed, pull }: PluggedStick,
  { phase, afterMs, slowFrom, slow }: Pull,
): Promise<{ readonly sinceMs: number; readonly when: string }> {
  if (slowFrom !== null && (await reaches(stick, slowFrom))) await setSpeed(slow);
  const isReached = phase === null || (await reaches(stick, phase));
  if (isReached) await sleep(afterMs);
  const sinceMs = performance.now();
  await pull();
  const moment = phase === null ? "the order" : `phase ${phase} began`;
  const when = isReached ? `${afterMs} ms after ${moment}` : `after its end, without ${phase}`;
  return { sinceMs, when };
}

type Again = NamedRound & {
  /** Where it was. */
  readonly bay: Bay;
};

/** In another port the stick is made good, whatever became of it in the first one. */
async function orderAgain(run: Run, { name, stick, to, bay }: Again): Promise<void> {
  const { lab, image } = run;
  const before = await digestOf(stick);
  const { pull } = await lab.hub.plug(stick, { port: to });
  const now = await bayOf(lab, stick, bay.insertion);
  const sinceMs = performance.now();
  const build = await orderBuild(lab, image.name, [now]);
  const job = await build.outcome(stick);
  const endedAtMs = performance.now();
  await pull();
  const done = `${name}: again in port ${to}`;
  const ending = { stick, before, media: image, done, job, sinceMs, endedAtMs };
  await judgeEnding(run, { ...ending, must: ["succeeded"] });
}

/** Sticks that are pulled while something is done to them, and what is said of them when they are back. */
import { join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";
import { expect, onTestFinished, test } from "vitest";
import { readAt, sameBytes } from "../journey/support/drive-bytes.ts";
import { holdWriters } from "../journey/support/hold-writers.ts";
import { typeWhatIsAsked } from "../journey/support/old-data.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { waitFor } from "../support/wait-for.ts";
import { type Fault, type FaultyMedium, makeFaultyMedium } from "./support/faulty-medium.ts";
import {
  digestOf,
  inPhase,
  jobOn,
  outcomeOf,
  saysTheSameAfterRestart,
} from "./support/outcomes.ts";
import { plugStick, type Stick } from "./support/plug-stick.ts";
import { IMAGE_BYTES, type StickFarm, shareStickFarm } from "./support/stick-farm.ts";

const STICK_BYTES = 64 * MIB;
const theFarm = shareStickFarm();

/** A medium that takes 20 seconds in one phase, so that it can be pulled there. */
type SlowPhase = { readonly phase: "write" | "verify" | "seal"; readonly slow: Fault };

const SLOW_PHASES = [
  { phase: "write", slow: slow({ from: 8 * MIB, to: 14 * MIB, readMs: 0, writeMs: 40 }) },
  { phase: "verify", slow: slow({ from: 8 * MIB, to: 14 * MIB, readMs: 12, writeMs: 0 }) },
  { phase: "seal", slow: slow({ from: 0, to: MIB, readMs: 0, writeMs: 80 }) },
] as const satisfies readonly SlowPhase[];

function slow(where: Omit<Extract<Fault, { kind: "slow" }>, "kind">): Fault {
  return { kind: "slow", ...where };
}

type SlowStick = SlowPhase & {
  readonly stick: Stick;
  readonly medium: FaultyMedium;
  readonly backing: string;
};

async function plugSlow(
  folder: string,
  phases: readonly SlowPhase[],
): Promise<readonly SlowStick[]> {
  return Promise.all(
    phases.map(async (one, port) => {
      const backing = join(folder, `${port}.img`);
      const medium = await makeFaultyMedium(backing, STICK_BYTES, one.slow);
      return { ...one, backing, medium, stick: await plugStick({ port, file: medium.node }) };
    }),
  );
}

test("a stick that is pulled while it is written, verified or sealed has failed and does not boot, and the others go on", async () => {
  const farm = theFarm();
  const folder = await tempDirectory();
  const pulled = await plugSlow(folder, SLOW_PHASES);
  const good = await plugStick({ port: pulled.length, file: join(folder, "good.img") });
  const buildId = await farm.start([...pulled.map(({ stick }) => stick), good]);
  const ended = await Promise.all(pulled.map((one) => pullInPhase(farm, buildId, one)));
  expect(jobOn(await farm.ended(buildId), good)).toMatchObject({
    state: "succeeded",
    proof: "read-back",
  });
  await sameBytes(good.file, farm.image, IMAGE_BYTES);
  await saysTheSameAfterRestart(farm);
  await putBack(pulled);
  for (const { backing, digest } of ended) expect(await digestOf(backing)).toBe(digest);
  expect(await farm.buildOn(pulled.map(({ stick }) => stick))).toMatchObject({
    state: "succeeded",
  });
  for (const { backing } of pulled) await sameBytes(backing, farm.image, IMAGE_BYTES);
});

/** From now on as fast as any. */
async function putBack(sticks: readonly SlowStick[]): Promise<void> {
  for (const { stick, medium } of sticks) {
    await medium.become({ kind: "none" });
    await stick.plugIn();
  }
}

/** Gives what lies on the medium when the attempt is over; the stick is not back yet. */
async function pullInPhase(
  farm: StickFarm,
  buildId: string,
  { phase, stick, backing }: SlowStick,
): Promise<{ readonly backing: string; readonly digest: string }> {
  await inPhase(farm, { buildId, stick, phase });
  if (phase === "write") await wroteAt(backing, 8 * MIB);
  const sinceMs = performance.now();
  await stick.unplug();
  const digest = await digestOf(backing);
  const fault = `pulled in phase ${phase}`;
  const job = await outcomeOf(farm, { buildId, stick, fault, sinceMs });
  expect(job).toMatchObject({ state: "failed", dirty: true });
  expect(["drive_gone", "write_failed", "read_failed"]).toContain(job.problem?.code);
  expect(job.problem?.remedy).not.toBe("");
  expect((await readAt(backing, 0, 4096)).every((byte) => byte === 0)).toBe(true);
  expect(await digestOf(backing)).toBe(digest);
  return { backing, digest };
}

function wroteAt(path: string, at: number): Promise<true> {
  return waitFor(
    `bytes at ${at}`,
    async () => (await readAt(path, at, 4096)).some((byte) => byte !== 0) || undefined,
    { limitMs: 60_000, everyMs: 20 },
  );
}

test("sticks that change places before they are written are left as they are", async () => {
  const farm = theFarm();
  const folder = await tempDirectory();
  // One after the other: the kernel gives the lowest name that is free.
  const one = await plugStick({ port: 0, file: join(folder, "0.img") });
  const other = await plugStick({ port: 1, file: join(folder, "1.img") });
  const [first, second] = [await one.device(), await other.device()];
  for (const stick of [one, other]) await farm.drive(stick);
  // An agent that is stopped does not look.
  await typeWhatIsAsked(farm, [one.bay, other.bay]);
  farm.agent("ws-1").signal("SIGSTOP");
  onTestFinished(() => farm.agent("ws-1").signal("SIGCONT"));
  const buildId = await farm.start([one, other]);
  for (const stick of [one, other]) await stick.unplug();
  for (const stick of [other, one]) await stick.plugIn();
  expect([await one.device(), await other.device()]).toEqual([second, first]);
  farm.agent("ws-1").signal("SIGCONT");
  const view = await farm.ended(buildId);
  for (const stick of [one, other]) {
    expect(jobOn(view, stick)).toMatchObject({
      state: "failed",
      dirty: false,
      problem: { code: "drive_changed" },
    });
    expect((await readAt(stick.file, 0, 2 * MIB)).every((byte) => byte === 0xa5)).toBe(true);
  }
});

test("four sticks that vanish at once and come back in another order have failed, the fifth succeeds, and a new build makes them good", async () => {
  const farm = theFarm();
  const folder = await tempDirectory();
  const four = await plugSlow(
    folder,
    Array.from({ length: 4 }, () => SLOW_PHASES[0]),
  );
  const fifth = await plugStick({ port: 4, file: join(folder, "good.img") });
  const buildId = await farm.start([...four.map(({ stick }) => stick), fifth]);
  // One is in the middle; the others may have just begun.
  await Promise.race(four.map(({ backing }) => wroteAt(backing, 8 * MIB)));
  const held = holdWriters(farm.agent("ws-1").pid);
  const sinceMs = performance.now();
  await Promise.all(four.map(({ stick }) => stick.unplug()));
  await putBack(four.toReversed());
  const digests = await Promise.all(four.map(({ backing }) => digestOf(backing)));
  held.release();
  for (const { stick } of four) {
    const job = await outcomeOf(farm, { buildId, stick, fault: "hub reset", sinceMs });
    expect(job.state).toBe("failed");
    expect(["drive_gone", "write_failed", "drive_changed"]).toContain(job.problem?.code);
  }
  expect(jobOn(await farm.ended(buildId), fifth)).toMatchObject({ state: "succeeded" });
  expect(await Promise.all(four.map(({ backing }) => digestOf(backing)))).toEqual(digests);
  expect(await farm.buildOn(four.map(({ stick }) => stick))).toMatchObject({ state: "succeeded" });
  for (const backing of [fifth.file, ...four.map((one) => one.backing)])
    await sameBytes(backing, farm.image, IMAGE_BYTES);
});

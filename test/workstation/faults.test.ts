/** What goes wrong with sticks, on the kernel's own drivers: each fault, what is said, and what the others do. */

import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";
import type { BuildView } from "@stickfarm/proto/stickfarm/v1/operator";
import { expect, test } from "vitest";
import { readAt, sameBytes } from "../journey/support/drive-bytes.ts";
import { holdWriters } from "../journey/support/hold-writers.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { waitFor } from "../support/wait-for.ts";
import { type Fault, makeFaultyMedium } from "./support/faulty-medium.ts";
import { plugStick, type Stick } from "./support/plug-stick.ts";
import { IMAGE_BYTES, type StickFarm, startStickFarm } from "./support/stick-farm.ts";

const STICK_BYTES = 64 * MIB;

async function plugTwo(): Promise<readonly [Stick, Stick]> {
  const folder = await tempDirectory();
  const [one, other] = [0, 1].map((port) => plugStick({ port, file: join(folder, `${port}.img`) }));
  return [await one!, await other!]; // Two of them.
}

function jobOn(view: BuildView, { bay }: Stick): BuildView["jobs"][number] {
  const job = view.jobs.find((one) => one.bay === bay);
  if (job === undefined) throw new Error(`No job on bay ${bay}`);
  return job;
}

/** Stops the writers while the first megabytes are on the stick and the last are not. */
async function holdInMidWrite(farm: StickFarm, stick: Stick): Promise<{ release: () => void }> {
  await waitFor(
    "bytes in the middle of the stick",
    async () => (await readAt(stick.file, 8 * MIB, 4096)).some((byte) => byte !== 0) || undefined,
    { limitMs: 60_000, everyMs: 5 },
  );
  return holdWriters(farm.agent("ws-1").pid);
}

test("a stick that is pulled in mid-write has failed, the other succeeds, a new build makes it good, and no build takes it from another program", async () => {
  const [pulled, other] = await plugTwo();
  const farm = await startStickFarm();
  const buildId = await farm.start([pulled, other]);
  const held = await holdInMidWrite(farm, pulled);
  await pulled.unplug();
  held.release();
  const view = await farm.ended(buildId);
  expect(jobOn(view, pulled)).toMatchObject({ state: "failed", dirty: true });
  expect(["drive_gone", "write_failed"]).toContain(jobOn(view, pulled).problem?.code);
  expect(jobOn(view, other)).toMatchObject({ state: "succeeded", proof: "read-back" });
  expect((await readAt(pulled.file, 0, MIB)).every((byte) => byte === 0)).toBe(true);
  await pulled.plugIn();
  await waitFor("the stick", async () => (await farm.drive(pulled.bay)) ?? undefined, {
    limitMs: 60_000,
    everyMs: 500,
  });
  expect(await farm.buildOn([pulled])).toMatchObject({ state: "succeeded" });
  await sameBytes(pulled.file, farm.image, IMAGE_BYTES);
  await holdAndBuild(farm, pulled);
});

/** A stick that another program holds is left as it is, and who holds it is named. */
async function holdAndBuild(farm: StickFarm, stick: Stick): Promise<void> {
  const holder = await open(await stick.device(), constants.O_RDWR | constants.O_EXCL);
  try {
    const job = jobOn(await farm.buildOn([stick]), stick);
    expect(job).toMatchObject({ state: "failed", dirty: false, problem: { code: "drive_busy" } });
    expect(job.problem?.detail).toContain(`process ${process.pid}`);
  } finally {
    await holder.close();
  }
}

test("sticks that change places before they are written are left as they are", async () => {
  const [one, other] = await plugTwo();
  const farm = await startStickFarm();
  const [first, second] = [await one.device(), await other.device()];
  farm.agent("ws-1").signal("SIGSTOP");
  const buildId = await farm.start([one, other]);
  await one.unplug();
  await other.unplug();
  await other.plugIn();
  await one.plugIn();
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

const FAULTS: readonly (readonly [name: string, fault: Fault, code: string])[] = [
  [
    "cannot be written in the middle",
    { kind: "unreadable", from: 16 * MIB, to: 16 * MIB + 4096 },
    "write_failed",
  ],
  ["wraps around at half its size", { kind: "wraps", realBytes: 32 * MIB }, "verify_mismatch"],
  [
    "loses what is written beyond half its size",
    { kind: "drops", realBytes: 32 * MIB },
    "verify_mismatch",
  ],
  ["gives back one byte as another", { kind: "corrupts", at: 20 * MIB }, "verify_mismatch"],
];

test("each faulty stick fails in its own way and does not boot, and the good one succeeds", async () => {
  const folder = await tempDirectory();
  const good = await plugStick({ port: FAULTS.length, file: join(folder, "good.img") });
  const faulty: Stick[] = [];
  for (const [port, [, fault]] of FAULTS.entries()) {
    const file = await makeFaultyMedium(join(folder, `${port}.img`), STICK_BYTES, fault);
    faulty.push(await plugStick({ port, file }));
  }
  const farm = await startStickFarm();
  const view = await farm.buildOn([...faulty, good]);
  const outcomes = faulty.map((stick) => {
    const { state, dirty, problem } = jobOn(view, stick);
    return { state, dirty, code: problem?.code };
  });
  expect(outcomes).toEqual(FAULTS.map(([, , code]) => ({ state: "failed", dirty: true, code })));
  expect(jobOn(view, good)).toMatchObject({ state: "succeeded", proof: "read-back" });
  for (const port of FAULTS.keys()) {
    // Where addresses wrap around, other content has landed there; no firmware takes it for a boot sector.
    const signature = await readAt(join(folder, `${port}.img`), 510, 2);
    expect(signature.toString("hex")).not.toBe("55aa");
  }
  await sameBytes(good.file, farm.image, IMAGE_BYTES);
});

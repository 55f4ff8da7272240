/** Media that lie, decay, refuse, dawdle and hang: what is said of each, and that the good stick beside them is done. */
import { join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";
import { expect, test } from "vitest";
import { readAt, sameBytes } from "../journey/support/drive-bytes.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { type Fault, type FaultyMedium, makeFaultyMedium } from "./support/faulty-medium.ts";
import { inPhase, jobOn, outcomeOf, saysTheSameAfterRestart } from "./support/outcomes.ts";
import { plugStick, type Stick } from "./support/plug-stick.ts";
import { record } from "./support/record.ts";
import { IMAGE_BYTES, type StickFarm, shareStickFarm } from "./support/stick-farm.ts";

const STICK_BYTES = 64 * MIB;
const theFarm = shareStickFarm();

type FaultyStick = {
  readonly stick: Stick;
  readonly medium: FaultyMedium;
  /** The file below it: what it really holds. */
  readonly backing: string;
};

async function plugFaulty(folder: string, port: number, fault: Fault): Promise<FaultyStick> {
  const backing = join(folder, `${port}.img`);
  const medium = await makeFaultyMedium(backing, STICK_BYTES, fault);
  return { backing, medium, stick: await plugStick({ port, file: medium.node }) };
}

const FAULTS: readonly (readonly [name: string, fault: Fault, code: string])[] = [
  [
    "cannot be written in the middle",
    { kind: "unreadable", from: 16 * MIB, to: 16 * MIB + 4096 },
    "write_failed",
  ],
  [
    "wraps around at half its size",
    { kind: "wraps", realBytes: 32 * MIB, wrapBytes: 32 * MIB },
    "drive_fake",
  ],
  [
    "loses what is written beyond half its size",
    { kind: "drops", realBytes: 32 * MIB },
    "drive_fake",
  ],
  [
    "loses some of it and wraps around after that",
    { kind: "wraps", realBytes: 16 * MIB, wrapBytes: 32 * MIB },
    "drive_fake",
  ],
  ["gives back one byte as another", { kind: "corrupts", at: 20 * MIB }, "verify_mismatch"],
];

test("each faulty stick fails in its own way and does not boot, and the good one succeeds", async () => {
  const farm = theFarm();
  const folder = await tempDirectory();
  const good = await plugStick({ port: FAULTS.length, file: join(folder, "good.img") });
  const faulty = await Promise.all(
    FAULTS.map(([, fault], port) => plugFaulty(folder, port, fault)),
  );
  const sinceMs = performance.now();
  const view = await farm.buildOn([...faulty.map(({ stick }) => stick), good]);
  const outcomes = faulty.map(({ stick }) => {
    const { state, dirty, problem } = jobOn(view, stick);
    return { state, dirty, code: problem?.code };
  });
  expect(outcomes).toEqual(FAULTS.map(([, , code]) => ({ state: "failed", dirty: true, code })));
  for (const [name, , code] of FAULTS) await record(name, `failed ${code}`, sinceMs);
  expect(jobOn(view, good)).toMatchObject({ state: "succeeded", proof: "read-back" });
  for (const { backing } of faulty) await doesNotBoot(backing);
  await sameBytes(good.file, farm.image, IMAGE_BYTES);
  await saysTheSameAfterRestart(farm);
});

/** Where addresses wrap around, other content has landed there; no firmware takes it for a boot sector. */
async function doesNotBoot(backing: string): Promise<void> {
  const signature = await readAt(backing, 510, 2);
  expect(signature.toString("hex")).not.toBe("55aa");
}

/** Requests in the middle take so long that a phase can be seen before it is over. */
const DAWDLES: Fault = {
  kind: "slow",
  from: 8 * MIB,
  to: 14 * MIB,
  readMs: 12,
  writeMs: 40,
};

type Change = {
  readonly name: string;
  readonly phase: "write" | "verify";
  readonly befall: (medium: FaultyMedium) => Promise<void>;
  readonly codes: readonly string[];
};

const CHANGES: readonly Change[] = [
  {
    name: "refuses to be written any more",
    phase: "write",
    befall: ({ become }) => become({ kind: "refuses-writes" }),
    codes: ["write_failed"],
  },
  {
    name: "cannot be read any more where it was written",
    phase: "verify",
    befall: ({ become }) => become({ kind: "unreadable", from: 40 * MIB, to: 40 * MIB + 4096 }),
    codes: ["read_failed", "write_failed"],
  },
  {
    name: "cannot be read any more until it is written again",
    phase: "verify",
    befall: ({ decay }) => decay(40 * MIB),
    codes: ["drive_repaired"],
  },
  {
    // The kernel resets it after 30 s, and gives it up.
    name: "hangs",
    phase: "write",
    befall: ({ hang }) => hang(),
    codes: ["drive_gone", "write_failed"],
  },
];

test("sticks that stop working or hang in the middle have failed with the reason, one that only dawdles succeeds, and no other waits for them", async () => {
  const farm = theFarm();
  const folder = await tempDirectory();
  const sick = await Promise.all(CHANGES.map((_, port) => plugFaulty(folder, port, DAWDLES)));
  const slow = await plugFaulty(folder, CHANGES.length, {
    // 64 KiB/s: pages that are written together, 16 KiB, are delayed together.
    ...DAWDLES,
    to: 8 * MIB + MIB / 2,
    writeMs: 250,
  });
  const good = await plugStick({ port: CHANGES.length + 1, file: join(folder, "good.img") });
  const sinceMs = performance.now();
  const all = [...sick, slow].map(({ stick }) => stick);
  const buildId = await farm.start([...all, good]);
  await Promise.all([
    ...sick.map((one, index) => fallSick(farm, { buildId, ...one, index })),
    outcomeOf(farm, { buildId, stick: good, fault: "good, beside them", sinceMs }),
    outcomeOf(farm, { buildId, stick: slow.stick, fault: "slow: 64 KiB/s in part", sinceMs }),
  ]);
  const view = await farm.ended(buildId, 400_000);
  expect(jobOn(view, good)).toMatchObject({ state: "succeeded", proof: "read-back" });
  expect(jobOn(view, slow.stick)).toMatchObject({ state: "succeeded", proof: "read-back" });
  // Half a MiB at 64 KiB/s.
  expect(jobOn(view, slow.stick).evidence?.writeMs).toBeGreaterThan(8000);
  await sameBytes(slow.backing, farm.image, IMAGE_BYTES);
});

type Sick = FaultyStick & { readonly buildId: string; readonly index: number };

async function fallSick(farm: StickFarm, { buildId, stick, medium, backing, index }: Sick) {
  const change = CHANGES[index];
  if (change === undefined) throw new Error("One for each");
  await inPhase(farm, { buildId, stick, phase: change.phase });
  const sinceMs = performance.now();
  await change.befall(medium);
  const job = await outcomeOf(farm, { buildId, stick, fault: change.name, sinceMs });
  expect([change.name, job]).toMatchObject([change.name, { state: "failed", dirty: true }]);
  expect(change.codes).toContain(job.problem?.code);
  expect(job.problem?.remedy).not.toBe("");
  await medium.goOn();
  await doesNotBoot(backing);
}

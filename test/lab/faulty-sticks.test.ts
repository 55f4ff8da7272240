/**
 * Sticks that lose, mix up or change what they hold, on the whole way: an agent's own writers on block devices that lie.
 * Nothing that they say may be a success unless every byte is there, and one's fault is no other's.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";
import { beforeEach, expect, test } from "vitest";
import { buildIdOf, startFarm, type TestFarm } from "../journey/support/farm.ts";
import { makeImage } from "../journey/support/make-image.ts";
import { typeWhatIsAsked } from "../journey/support/old-data.ts";
import type { DiskFaults } from "../support/faulty-disk/disk-faults.ts";
import { whyNoFaultyDisk } from "../support/faulty-disk/open-faulty-disk.ts";
import { faultyDisk } from "../support/faulty-disk.ts";

const LIMIT_MS = 200_000;
const STICK_BYTES = 64 * MIB;
const EIO = 5;
/** Within the one large file. */
const [AT, REAL] = [10 * MIB, 12 * MIB];
const DEFINITION = `apiVersion: stickfarm/v1
kind: BootableMedia
metadata: { name: files }
spec: { files: [{ content: tree }] }
`;

const unreadable = { op: "read", fromBytes: AT, toBytes: AT + 512, errno: EIO } as const;
const flipped = { atBytes: AT, lengthBytes: 1, xor: 1 } as const;

type Fake = readonly [name: string, faults: DiskFaults];
const FAKES: readonly Fake[] = [
  ["wraps around", { realBytes: REAL, wrapBytes: REAL }],
  ["loses what lies beyond", { realBytes: REAL }],
  ["loses it behind a cache", { realBytes: REAL, cacheBytes: 2 * MIB }],
  ["wraps around and loses", { realBytes: REAL, wrapBytes: 16 * MIB }],
];
type Damage = readonly [name: string, faults: DiskFaults, outcome: object];
const DAMAGES: readonly Damage[] = [
  ["changes a byte once", { corruptions: [{ on: "write", times: 1, ...flipped }] }, repaired()],
  [
    "changes a byte always",
    { corruptions: [{ on: "read", ...flipped }] },
    failed("verify_mismatch"),
  ],
  // Once for the whole chunk, once for its part: then the block is written, and can be read.
  ["has a block to be remapped", { errors: [{ times: 2, ...unreadable }] }, repaired()],
  ["has a dead block", { errors: [unreadable] }, failed("read_failed")],
  ["is good", {}, { state: "succeeded", proof: "read-back", evidence: { repairedRanges: 0 } }],
];

function failed(code: string): object {
  const detail = expect.stringContaining('belong to "payload.bin"');
  return { state: "failed", dirty: true, problem: { code, detail } };
}

function repaired(): object {
  const evidence = { repairedRanges: 1, repairedBytes: 256 * 1024 };
  return { state: "failed", dirty: true, problem: { code: "drive_repaired" }, evidence };
}

beforeEach(({ skip }) => {
  const why = whyNoFaultyDisk();
  skip(why !== null, why ?? "");
});

test("each fake stick is found out, by its content and by a probe", {
  timeout: 2 * LIMIT_MS,
}, async () => {
  const farm = await farmOf(FAKES.map(([, faults]) => faults));
  const verified = await build(farm, "--capacity", "none", "--accept-repaired");
  const byContent = FAKES.map(([name]) => [
    name,
    { state: "failed", dirty: true, code: "verify_mismatch" },
  ]);
  expect(codesOf(verified, FAKES)).toEqual(byContent);
  const probed = await build(farm);
  const byProbe = FAKES.map(([name]) => [
    name,
    { state: "failed", dirty: true, code: "drive_fake" },
  ]);
  expect(codesOf(probed, FAKES)).toEqual(byProbe);
  for (const { problem } of probed) expect(problem?.detail).toContain("keeps about 1");
});

test("what can be repaired is, what cannot be names its file, and neither passes as good", {
  timeout: 2 * LIMIT_MS,
}, async () => {
  const farm = await farmOf(DAMAGES.map(([, faults]) => faults));
  const jobs = await build(farm, "--capacity", "none");
  for (const [index, [name, , outcome]] of DAMAGES.entries()) {
    expect(jobs[index], name).toMatchObject(outcome);
  }
});

test("a stick that had to be repaired passes where that is accepted, and the report says so", {
  timeout: 2 * LIMIT_MS,
}, async () => {
  const farm = await farmOf([{ corruptions: [{ on: "write", times: 1, ...flipped }] }]);
  const [job] = await build(farm, "--capacity", "none", "--accept-repaired");
  expect(job).toMatchObject({ state: "succeeded", evidence: { repairedRanges: 1 } });
  const report = await farm.must("build", "report", "--last");
  expect(report).toContain("1 of 1 sticks good, 1 of them repaired");
  expect(report).toContain("succeeded, repaired 1 range, 256 KiB");
});

/** As many as any farm here has. */
const BAYS = ["1", "2", "3", "4", "5"];

async function farmOf(faults: readonly DiskFaults[]): Promise<TestFarm> {
  const disks = await Promise.all(faults.map((each) => faultyDisk(STICK_BYTES, each)));
  const drives = disks.map(({ path }, index) => ({
    serial: `S${index}`,
    bay: String(index + 1),
    device: path,
  }));
  const farm = await startFarm({ agents: { "ws-1": drives } });
  const tree = join(farm.directory, "tree");
  await mkdir(tree);
  await makeImage(join(tree, "payload.bin"), 20 * MIB, 2);
  await writeFile(join(farm.directory, "files.yaml"), DEFINITION);
  await farm.must("content", "add", "tree", "--name", "tree");
  await farm.must("media", "apply", "-f", "files.yaml");
  return farm;
}

/** Its jobs in the order of the bays. */
async function build(farm: TestFarm, ...options: readonly string[]) {
  // Where addresses wrap around, other content lies at the beginning after the first build.
  const typed = await typeWhatIsAsked(farm, BAYS);
  const start = ["build", "start", "files", "--on", "ws-1", "--yes", "-o", "json"];
  const order = [...start, ...typed, ...options];
  const { jobs } = await farm.ended(buildIdOf(await farm.must(...order)), LIMIT_MS);
  return jobs.toSorted((left, right) => Number(left.bay) - Number(right.bay));
}

function codesOf(jobs: Awaited<ReturnType<typeof build>>, fakes: readonly Fake[]) {
  return fakes.map(([name], index) => {
    const job = jobs[index];
    return [name, { state: job?.state, dirty: job?.dirty, code: job?.problem?.code }];
  });
}

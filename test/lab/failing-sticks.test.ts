/** Sticks that hang, crawl and fail under a real agent: each ends its own way, and changes nothing for the others. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { KIB, MIB } from "@stickfarm/common/bytes";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { readAt, sameBytes } from "../journey/support/drive-bytes.ts";
import { buildIdOf, startFarm, type TestFarm } from "../journey/support/farm.ts";
import { diskImage, makeImage } from "../journey/support/make-image.ts";
import type { DiskFaults } from "../support/faulty-disk/disk-faults.ts";
import { type FaultyDisk, whyNoFaultyDisk } from "../support/faulty-disk/open-faulty-disk.ts";
import { faultyDisk } from "../support/faulty-disk.ts";
import { runProgram } from "../support/run-program.ts";
import { waitFor } from "../support/wait-for.ts";

const IMAGE_BYTES = 12 * MIB;
const DRIVE_BYTES = 16 * MIB;
/** Both ends are erased; of the image the first MiB waits for the seal. */
const ALL_BUT_SEAL_BYTES = 2 * MIB + IMAGE_BYTES - MIB;
const [EIO, ENOSPC] = [5, 28];
/** Of slow machines that have more to do than this test. */
const SLACK_MS = 120_000;

/** The cancel's way to the agent and the result's way back, on such a machine. */
const MESSAGES_MS = 1000;

beforeEach(({ skip }) => {
  const why = whyNoFaultyDisk();
  skip(why !== null, why ?? "");
});

/** A farm whose agent has these disks, by bay, and a good stick in bay "good". */
async function startFaultyFarm<Bay extends string>(
  faults: Readonly<Record<Bay, DiskFaults>>,
  stallLimit: string,
) {
  const bays = Object.keys(faults) as Bay[];
  const opened = await Promise.all(bays.map((bay) => faultyDisk(DRIVE_BYTES, faults[bay])));
  const disks = Object.fromEntries(bays.map((bay, at) => [bay, opened[at]])) as Record<
    Bay,
    FaultyDisk
  >;
  const drives = bays.map((bay) => ({ serial: bay, bay, device: disks[bay].path }));
  const good = { serial: "good", bay: "good", size: "16MiB" };
  const farm = await startFarm({
    agents: { "ws-1": [...drives, good] },
    agentArgs: ["--stall-limit", stallLimit],
  });
  // Before the farm is ended: what hangs outlives even SIGKILL.
  onTestFinished(async () => {
    await Promise.all(opened.map((disk) => disk.set({})));
  });
  await makeImage(join(farm.directory, "image.img"), IMAGE_BYTES);
  await writeFile(join(farm.directory, "image.yaml"), diskImage("image", "image"));
  await farm.must("content", "add", "image.img", "--name", "image");
  await farm.must("media", "apply", "-f", "image.yaml");
  return { farm, disks };
}

async function start(farm: TestFarm, ...bays: readonly string[]): Promise<string> {
  const on = bays.flatMap((bay) => ["--on", `ws-1/${bay}`]);
  const policy = ["--full", "--proof", "read-back", "--capacity", "none"];
  return buildIdOf(
    await farm.must("build", "start", "image", ...on, ...policy, "--yes", "-o", "json"),
  );
}

async function isGood(farm: TestFarm): Promise<void> {
  await sameBytes(join(farm.directory, "image.img"), farm.driveFile("ws-1", "good"), IMAGE_BYTES);
}

function written(disk: FaultyDisk, bytes: number): Promise<true> {
  return waitFor(
    `${bytes} bytes on the disk`,
    async () => (await disk.statistics()).writtenBytes >= bytes || undefined,
    { limitMs: SLACK_MS },
  );
}

/** Nothing boots from a stick whose first sectors are zero. */
async function doesNotBoot(disk: FaultyDisk): Promise<boolean> {
  return (await readAt(disk.cells, 0, 4096)).every((byte) => byte === 0);
}

type Listed = {
  readonly drive: {
    readonly bay: string;
    readonly refusals: readonly { readonly code: string; readonly detail: string }[];
  };
};

async function refusalsOf(farm: TestFarm, bay: string): Promise<readonly string[]> {
  const drives = JSON.parse(await farm.must("drive", "list", "-o", "json")) as readonly Listed[];
  return (
    drives.find(({ drive }) => drive.bay === bay)?.drive.refusals.map(({ code }) => code) ?? []
  );
}

function isQuarantined(farm: TestFarm, bay: string, is: boolean): Promise<true> {
  const must = is ? "drive_quarantined" : undefined;
  return waitFor(
    `bay ${bay} ${is ? "in" : "out of"} quarantine`,
    async () => (await refusalsOf(farm, bay))[0] === must || undefined,
    { limitMs: 30_000 },
  );
}

type LogLine = {
  readonly atMs: number;
  readonly event: { readonly kind: string; readonly turn?: { readonly kind: string } };
};

async function logOf(farm: TestFarm, buildId: string): Promise<readonly LogLine[]> {
  const text = await farm.must("build", "log", buildId, "-o", "json");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as LogLine);
}

function timeOf(log: readonly LogLine[], kind: string): number {
  return log.find(({ event }) => (event.turn?.kind ?? event.kind) === kind)?.atMs ?? Number.NaN;
}

test("a stick that hangs is given up and quarantined, one of 64 KiB/s stops within 2 s, a good one is built", {
  timeout: 400_000,
}, async () => {
  const { farm, disks } = await startFaultyFarm(
    {
      hung: { hang: { op: "write", afterWrittenBytes: 4 * MIB } },
      slow: { writeBytesPerSecond: 64 * KIB, readBytesPerSecond: 64 * KIB },
    },
    "15s",
  );
  const slow = await start(farm, "slow");
  await written(disks.slow, 256 * KIB);
  await farm.must("build", "cancel", slow);
  expect((await farm.ended(slow)).jobs).toMatchObject([{ state: "canceled", dirty: true }]);
  const canceled = await logOf(farm, slow);
  expect(timeOf(canceled, "result") - timeOf(canceled, "cancelAsked")).toBeLessThan(
    2000 + MESSAGES_MS,
  );
  expect(await refusalsOf(farm, "slow")).toEqual([]);

  const both = await start(farm, "hung", "good");
  const { jobs } = await farm.ended(both);
  const jobOn = (bay: string) => jobs.find((job) => job.bay === bay);
  expect(jobOn("good")).toMatchObject({ state: "succeeded" });
  expect(jobOn("hung")).toMatchObject({
    state: "failed",
    dirty: true,
    problem: {
      code: "drive_hung",
      detail: expect.stringMatching(/has not answered a write at byte \d+ for 1\d s/),
    },
  });
  await isGood(farm);
  expect((await logOf(farm, both)).map(({ event }) => event.turn?.kind)).toContain("warned");

  await isQuarantined(farm, "hung", true);
  expect((await farm.run("plan", "image", "--on", "ws-1/hung", "-o", "json")).stdout).toContain(
    "drive_quarantined",
  );
  expect(await doesNotBoot(disks.hung)).toBe(true);
  expect((await farm.ended(await start(farm, "good"))).state).toBe("succeeded");

  await disks.hung.set({});
  await isQuarantined(farm, "hung", false);
  await farm.must("build", "retry", both);
  expect((await farm.ended(both)).state).toBe("succeeded");
});

test("a cancel lets go of a stick that hangs, and an agent that was killed finds it in quarantine again", {
  timeout: 400_000,
}, async () => {
  const { farm, disks } = await startFaultyFarm(
    { hung: { hang: { op: "write", afterWrittenBytes: 4 * MIB } } },
    "180s",
  );
  const buildId = await start(farm, "hung");
  await waitFor("a call that hangs", async () => (await disks.hung.statistics()).hanging > 0, {
    limitMs: SLACK_MS,
  });
  await farm.must("build", "cancel", buildId);
  expect((await farm.ended(buildId)).jobs).toMatchObject([{ state: "canceled", dirty: true }]);
  await isQuarantined(farm, "hung", true);
  const agent = farm.agent("ws-1");
  agent.signal("SIGKILL");
  await waitFor(
    "an agent that is gone",
    async () => (await farm.must("agent", "list")).includes("disconnected"),
    { limitMs: SLACK_MS },
  );
  await farm.runAgent("ws-1");
  await isQuarantined(farm, "hung", true);
  await disks.hung.set({});
  await agent.ended;
  await isQuarantined(farm, "hung", false);
});

test("an agent that is told to stop ends while a stick of it hangs, and the next one finds it in quarantine", {
  timeout: 400_000,
}, async () => {
  const { farm, disks } = await startFaultyFarm(
    { hung: { hang: { op: "write", afterWrittenBytes: 4 * MIB } } },
    "180s",
  );
  await start(farm, "hung");
  await waitFor("a call that hangs", async () => (await disks.hung.statistics()).hanging > 0, {
    limitMs: SLACK_MS,
  });
  const codes: (number | null)[] = [];
  const agent = farm.agent("ws-1");
  void agent.ended.then(({ code }) => codes.push(code));
  agent.signal("SIGTERM");
  await waitFor("the agent's end", () => codes.length > 0, { limitMs: 30_000 });
  expect(codes).toEqual([0]);
  await farm.runAgent("ws-1");
  await isQuarantined(farm, "hung", true);
  await disks.hung.set({});
  await isQuarantined(farm, "hung", false);
});

test("each failing stick fails its own way, does not boot, and the good one beside them is built", {
  timeout: 400_000,
}, async () => {
  const at = { fromBytes: 6 * MIB, toBytes: 6 * MIB + 4096 };
  const slowly = { writeBytesPerSecond: 2 * MIB };
  const { farm, disks } = await startFaultyFarm(
    {
      badWrite: { errors: [{ op: "write", ...at, errno: EIO }] },
      badRead: { errors: [{ op: "read", ...at, errno: EIO }] },
      short: { errors: [{ op: "write", fromBytes: 8 * MIB, toBytes: 15 * MIB, errno: ENOSPC }] },
      badFlush: { errors: [{ op: "flush", ...at, errno: EIO }] },
      locked: slowly,
      pulledWriting: slowly,
      pulledReading: { readBytesPerSecond: MIB },
      pulledSealing: { readBytesPerSecond: 2 * MIB },
    },
    "60s",
  );
  const buildId = await start(farm, ...Object.keys(disks), "good");
  const harm = [
    written(disks.locked, 4 * MIB).then(() =>
      runProgram("blockdev", ["--setro", disks.locked.path]),
    ),
    written(disks.pulledWriting, 4 * MIB).then(() => disks.pulledWriting.yank()),
    pullAtVerify(disks.pulledReading),
    pullAtSeal(disks.pulledSealing),
  ];
  const { jobs } = await farm.ended(buildId);
  await Promise.all(harm);
  const said = Object.fromEntries(
    jobs.map(({ bay, state, dirty, problem }) => [
      bay,
      `${state} ${dirty ? "dirty" : ""} ${problem?.code ?? ""}`,
    ]),
  );
  const failed = (code: string) => `failed dirty ${code}`;
  expect(said).toEqual({
    badWrite: failed("write_failed"),
    badRead: failed("read_failed"),
    short: failed("write_failed"),
    badFlush: failed("write_failed"),
    locked: failed("drive_read_only"),
    pulledWriting: failed("write_failed"),
    pulledReading: failed("read_failed"),
    pulledSealing: failed("write_failed"),
    good: "succeeded  ",
  });
  await isGood(farm);
  for (const disk of Object.values(disks)) expect(await doesNotBoot(disk)).toBe(true);
});

async function pullAtVerify(disk: FaultyDisk): Promise<void> {
  await written(disk, ALL_BUT_SEAL_BYTES);
  const { readBytes } = await disk.statistics();
  const isReading = async () => (await disk.statistics()).readBytes > readBytes + MIB;
  await waitFor("bytes that are read back", isReading, { limitMs: SLACK_MS });
  await disk.yank();
}

/** While it is read back nothing is written: the next write is that of the seal, and the stick goes in the middle of it. */
async function pullAtSeal(disk: FaultyDisk): Promise<void> {
  await written(disk, ALL_BUT_SEAL_BYTES);
  await disk.set({ hang: { op: "write" } });
  await waitFor("the seal", async () => (await disk.statistics()).hanging > 0, {
    limitMs: SLACK_MS,
  });
  await disk.yank();
}

import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";
import { BLANK_BYTES } from "@stickfarm/common/layout/extent";
import { expect, test } from "vitest";
import { waitFor } from "../support/wait-for.ts";
import { buildIdOf, startFarm, type TestFarm } from "./support/farm.ts";
import { holdWriters } from "./support/hold-writers.ts";
import { diskImage, makeImage } from "./support/make-image.ts";

/** Long enough in the writing that a test can step in between. */
const IMAGE_BYTES = 384 * MIB;
const DRIVE = "512MiB";

test("a controller that is killed in mid-build comes back, and the build goes on without a second write", async () => {
  const farm = await farmWithImage({ "ws-1": [drive("A1", "1"), drive("B2", "2")] });
  const buildId = await startBuild(farm, "--on", "ws-1");
  await beingWritten(farm, "A1");
  const writers = holdWriters(farm.agent("ws-1").pid);
  farm.controller().signal("SIGKILL");
  await farm.controller().ended;
  await farm.serve();
  writers.release();
  const build = await farm.ended(buildId);
  expect(build.jobs.map(({ state, attempt }) => ({ state, attempt }))).toEqual([
    { state: "succeeded", attempt: 1 },
    { state: "succeeded", attempt: 1 },
  ]);
  for (const serial of ["A1", "B2"]) expect(await holdsImage(farm, serial)).toBe(true);
  const log = await logOf(farm, buildId);
  expect(log.map(({ number }) => number)).toEqual(log.map((_, index) => index + 1));
  const turns = log.map(({ event }) => event.turn?.kind ?? event.kind);
  expect([turns[0], turns.at(-1)]).toEqual(["ordered", "ended"]);
  for (const kind of ["assigned", "leaseGranted", "result"])
    expect(turns.filter((turn) => turn === kind)).toHaveLength(2);
});

test("an agent that is killed in mid-write leaves a dirty stick that does not boot, and a retry makes it good", async () => {
  const farm = await farmWithImage({ "ws-1": [drive("A1", "1")], "ws-2": [drive("B2", "1")] });
  const buildId = await startBuild(farm, "--on", "ws-1", "--on", "ws-2");
  await beingWritten(farm, "A1");
  farm.agent("ws-1").signal("SIGKILL");
  await farm.agent("ws-1").ended;
  expect(await isBlank(farm, "A1")).toBe(true);
  await farm.runAgent("ws-1");
  const build = await farm.ended(buildId);
  expect(build.state).toBe("partial");
  const [killed, other] = build.jobs;
  expect(killed).toMatchObject({
    agent: "ws-1",
    state: "failed",
    dirty: true,
    problem: { code: "interrupted" },
  });
  expect(other).toMatchObject({ agent: "ws-2", state: "succeeded", attempt: 1 });
  expect(await isBlank(farm, "A1")).toBe(true);
  await farm.must("build", "retry", buildId);
  expect((await farm.ended(buildId)).state).toBe("succeeded");
  expect(await holdsImage(farm, "A1")).toBe(true);
});

test("a byte that changes on the drive between write and verify is repaired, and fails that stick all the same", async () => {
  const farm = await farmWithImage({ "ws-1": [drive("A1", "1"), drive("B2", "2")] });
  const buildId = await startBuild(farm, "--on", "ws-1");
  const at = 8 * MIB + 12_345;
  await beingWritten(farm, "A1", at);
  const writers = holdWriters(farm.agent("ws-1").pid);
  await flipByte(farm.driveFile("ws-1", "A1"), at);
  writers.release();
  const build = await farm.ended(buildId);
  expect(build.jobs[0]).toMatchObject({
    state: "failed",
    dirty: true,
    problem: { code: "drive_repaired", detail: expect.stringContaining("1 range, 262144 bytes") },
    evidence: { repairedRanges: 1, repairedBytes: 262_144 },
  });
  expect(build.jobs[1]).toMatchObject({ state: "succeeded" });
  expect(await isBlank(farm, "A1")).toBe(true);
});

test("a canceled build stops its sticks, leaves them unbootable, and says so", async () => {
  const farm = await farmWithImage({ "ws-1": [drive("A1", "1")] });
  const buildId = await startBuild(farm, "--on", "ws-1");
  await beingWritten(farm, "A1");
  const writers = holdWriters(farm.agent("ws-1").pid);
  await farm.must("build", "cancel", buildId);
  writers.release();
  const build = await farm.ended(buildId);
  expect(build.jobs[0]).toMatchObject({ state: "canceled", dirty: true });
  expect(await isBlank(farm, "A1")).toBe(true);
});

type Drives = Parameters<typeof startFarm>[0]["agents"];

async function farmWithImage(agents: Drives): Promise<TestFarm> {
  const farm = await startFarm({ agents });
  await makeImage(join(farm.directory, "big.img"), IMAGE_BYTES);
  await writeFile(join(farm.directory, "media.yaml"), diskImage("big", "big"));
  await farm.must("content", "add", "big.img", "--name", "big");
  await farm.must("media", "apply", "-f", "media.yaml");
  return farm;
}

async function startBuild(farm: TestFarm, ...args: string[]): Promise<string> {
  return buildIdOf(await farm.must("build", "start", "big", ...args, "--yes", "-o", "json"));
}

/** Waits until the image's bytes stand at `at`, which the writer reaches early, and gives the drive back as it is. */
function beingWritten(farm: TestFarm, serial: string, at = 8 * MIB): Promise<true> {
  const agent = serial === "A1" ? "ws-1" : "ws-2";
  return waitFor(
    `bytes at ${at} of drive ${serial}`,
    async () => {
      const file = await open(farm.driveFile(agent, serial), "r");
      try {
        const { buffer } = await file.read(Buffer.alloc(4096), 0, 4096, at);
        return buffer.some((byte) => byte !== 0) ? true : undefined;
      } finally {
        await file.close();
      }
    },
    { limitMs: 60_000, everyMs: 5 },
  );
}

async function holdsImage(farm: TestFarm, serial: string): Promise<boolean> {
  const written = await readFile(farm.driveFile("ws-1", serial));
  const image = await readFile(join(farm.directory, "big.img"));
  return written.subarray(0, image.length).equals(image);
}

type LogLine = {
  readonly number: number;
  readonly event: { readonly kind: string; readonly turn?: { readonly kind: string } };
};

async function logOf(farm: TestFarm, buildId: string): Promise<readonly LogLine[]> {
  const lines = (await farm.must("build", "log", buildId, "-o", "json")).trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as LogLine);
}

/** Neither a boot sector nor a table of partitions: not in the first blocks, whatever their size. */
async function isBlank(farm: TestFarm, serial: string): Promise<boolean> {
  const file = await open(farm.driveFile("ws-1", serial), "r");
  const beginning = Buffer.alloc(BLANK_BYTES, 0xff);
  try {
    await file.read(beginning, 0, beginning.length, 0);
    return beginning.every((byte) => byte === 0);
  } finally {
    await file.close();
  }
}

async function flipByte(path: string, at: number): Promise<void> {
  const file = await open(path, "r+");
  try {
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
    buffer[0] = (buffer[0] ?? 0) ^ 0xff;
    await file.write(buffer, 0, 1, at);
    await file.sync();
  } finally {
    await file.close();
  }
}

function drive(serial: string, bay: string) {
  return { serial, bay, size: DRIVE };
}

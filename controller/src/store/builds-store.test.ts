import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { NO_EVIDENCE } from "@stickfarm/common/build/evidence";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import type { AttemptResult, BuildEntry } from "./build-entries.ts";
import type { Db } from "./db.ts";
import { openStore } from "./open-store.ts";
import { storeOn } from "./store.ts";

const DIGEST = "a".repeat(64);
const RUN_1 = { agent: "ws-1", incarnation: "run-1" };

test("start() answers the same request id with the build that it made", async () => {
  const farm = await openFarm();
  const first = await farm.store.builds.start(build("b1"), [job("j1", "A1")]);
  const again = await farm.store.builds.start(
    { ...build("b2"), requestId: "request-b1", requestHash: "hash-b1" },
    [job("j2", "A1")],
  );
  expect(first).toMatchObject({ ok: true, value: { repeated: false } });
  expect(again).toMatchObject({ ok: true, value: { repeated: true, build: { buildId: "b1" } } });
  expect(await farm.store.builds.list(10)).toHaveLength(1);
});

test("start() refuses a request id that stood for other values", async () => {
  const farm = await openFarm();
  await farm.store.builds.start(build("b1"), [job("j1", "A1")]);
  const other = await farm.store.builds.start({ ...build("b2"), requestId: "request-b1" }, [
    job("j2", "B2"),
  ]);
  expect(other).toMatchObject({ ok: false, problem: { code: "request_id_reused" } });
});

test("start() gives no drive to two open builds, and stores nothing of the second", async () => {
  const farm = await openFarm();
  await farm.store.builds.start(build("b1"), [job("j1", "A1")]);
  const second = await farm.store.builds.start(build("b2"), [job("j2", "B2"), job("j3", "A1")]);
  expect(second).toMatchObject({ ok: false, problem: { code: "drive_busy" } });
  expect(await farm.store.builds.find("b2")).toBeNull();
  expect(await farm.store.builds.jobs("b2")).toEqual([]);
});

test("assign() gives fences that only grow and gives no job twice", async () => {
  const farm = await openFarm();
  await farm.store.builds.start(build("b1"), [job("j1", "A1"), job("j2", "B2")]);
  const one = await farm.assign("j1", 1);
  const two = await farm.assign("j2", 1);
  expect(two?.fence).toBeGreaterThan(one?.fence ?? Number.POSITIVE_INFINITY);
  expect(await farm.assign("j1", 1)).toBeNull();
});

test("grantLease() grants to one run of the agent that was given the attempt, again and again, and to no other", async () => {
  const farm = await openFarm();
  await farm.store.builds.start(build("b1"), [job("j1", "A1")]);
  const fence = (await farm.assign("j1", 1))?.fence ?? 0;
  const lease = { jobId: "j1", attempt: 1, fence };
  expect(await farm.store.builds.grantLease({ ...lease, fence: fence + 1 }, RUN_1, 1)).toBe(false);
  expect(await farm.store.builds.grantLease(lease, { ...RUN_1, agent: "ws-2" }, 1)).toBe(false);
  expect(await farm.store.builds.grantLease(lease, RUN_1, 1)).toBe(true);
  expect(await farm.store.builds.grantLease(lease, RUN_1, 2)).toBe(true);
  expect(await farm.store.builds.grantLease(lease, { ...RUN_1, incarnation: "run-2" }, 3)).toBe(
    false,
  );
});

test("grantLease() grants nothing once cancel was asked for", async () => {
  const farm = await openFarm();
  await farm.store.builds.start(build("b1"), [job("j1", "A1")]);
  const fence = (await farm.assign("j1", 1))?.fence ?? 0;
  await farm.store.builds.requestCancel("b1");
  expect(await farm.store.builds.grantLease({ jobId: "j1", attempt: 1, fence }, RUN_1, 1)).toBe(
    false,
  );
});

test("recordResult() has exactly-once effect and survives a new opening of the database", async () => {
  const farm = await openFarm();
  await farm.store.builds.start(build("b1"), [job("j1", "A1")]);
  const fence = (await farm.assign("j1", 1))?.fence ?? 0;
  const good = result(fence, "body-1");
  expect(await farm.store.builds.recordResult(good, 5)).toEqual({ ok: true, value: undefined });
  expect(await farm.store.builds.recordResult(good, 6)).toEqual({ ok: true, value: undefined });
  expect(await farm.store.builds.recordResult({ ...good, bodyHash: "body-2" }, 7)).toMatchObject({
    ok: false,
    problem: { code: "result_conflict" },
  });
  await farm.reopen();
  expect(await farm.store.builds.find("b1")).toMatchObject({ endedAtMs: 5 });
  expect((await farm.store.builds.jobs("b1"))[0]?.state).toEqual({
    kind: "succeeded",
    attempt: 1,
    proof: "read-back",
  });
});

test("recordResult() refuses a foreign fence and an attempt that nobody was given", async () => {
  const farm = await openFarm();
  await farm.store.builds.start(build("b1"), [job("j1", "A1")]);
  const fence = (await farm.assign("j1", 1))?.fence ?? 0;
  expect(await farm.store.builds.recordResult(result(fence + 1, "x"), 5)).toMatchObject({
    problem: { code: "fence_stale" },
  });
  expect(
    await farm.store.builds.recordResult({ ...result(fence, "x"), attempt: 2 }, 5),
  ).toMatchObject({
    problem: { code: "attempt_unknown" },
  });
});

test("retry() makes a failed job pending with its attempts counted on", async () => {
  const farm = await openFarm();
  await farm.store.builds.start(build("b1"), [job("j1", "A1")]);
  const fence = (await farm.assign("j1", 1))?.fence ?? 0;
  const problem = { code: "write_failed", detail: "" } as const;
  await farm.store.builds.recordResult(
    { ...result(fence, "x"), outcome: { kind: "failed", problem, dirty: true } },
    5,
  );
  expect(await farm.store.builds.retry("b1", 6)).toMatchObject({ ok: true });
  expect(await farm.store.builds.openJobs()).toMatchObject([
    { jobId: "j1", state: { kind: "pending", attempt: 1 } },
  ]);
  expect(await farm.assign("j1", 2)).toMatchObject({ attempt: 2 });
});

test("openStore() refuses a file that is no database, and leaves it as it is", async () => {
  const directory = await makeTemporaryFolder(onTestFinished);
  const path = join(directory, "damaged.sqlite");
  await writeFile(path, "not a database at all, but long enough to be read as a header");
  expect(await openStore(path)).toMatchObject({ ok: false, problem: { code: "store_damaged" } });
});

test("openStore() lets no second process in", async () => {
  const farm = await openFarm();
  expect(await openStore(farm.path)).toMatchObject({
    ok: false,
    problem: { code: "store_locked" },
  });
});

/** A database of its own, with one agent and one definition. */
async function openFarm() {
  const path = join(await makeTemporaryFolder(onTestFinished), "controller.sqlite");
  let db = await open(path);
  let store = storeOn(db);
  onTestFinished(() => db.close());
  await store.agents.addToken("hash", "ws-1", 1000);
  await store.agents.consumeToken("hash", 0);
  await store.definitions.add({
    name: "media",
    digest: DIGEST,
    kind: "DiskImage",
    description: "",
    yaml: "kind: DiskImage",
    createdAtMs: 0,
  });
  return {
    path,
    get store() {
      return store;
    },
    reopen: async () => {
      await db.close();
      db = await open(path);
      store = storeOn(db);
    },
    assign: (jobId: string, attempt: number) =>
      store.builds.assign(
        jobId,
        attempt,
        (fence) => ({
          stickId: String(fence).padStart(32, "0"),
          passport: Buffer.from("{}"),
          passportSignature: Buffer.alloc(64),
        }),
        1,
      ),
  };
}

async function open(path: string): Promise<Db> {
  const opened = await openStore(path);
  if (!opened.ok) throw new Error(opened.problem.detail);
  return opened.value;
}

function build(buildId: string): BuildEntry {
  return {
    buildId,
    requestId: `request-${buildId}`,
    requestHash: `hash-${buildId}`,
    mediaName: "media",
    mediaRevision: 1,
    manifestSha256: DIGEST,
    manifestBytes: 1,
    manifestSignature: Buffer.alloc(64),
    imageSha256: "",
    createdAtMs: 1,
    endedAtMs: null,
    cancelRequested: false,
  };
}

function job(jobId: string, serial: string) {
  const driveId = `virtual-file:${serial}`;
  return {
    jobId,
    agent: "ws-1",
    consent: { driveId, bay: "1", serial, sizeBytes: 1, insertion: "1" },
  };
}

function result(fence: number, bodyHash: string): AttemptResult {
  return {
    jobId: "j1",
    attempt: 1,
    fence,
    outcome: { kind: "succeeded", proof: "read-back" },
    evidence: { manifestSha256: DIGEST, ...NO_EVIDENCE },
    bodyHash,
  };
}

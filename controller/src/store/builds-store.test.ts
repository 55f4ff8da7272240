import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CONSENT_MAX_MS } from "@stickfarm/common/build/consent-age";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "./open-store.ts";
import { build, job, ORDER, openFarm, RUN_1, result } from "./store-fixture.ts";

test("start() answers the same request id with the build that it made", async () => {
  const farm = await openFarm(onTestFinished);
  const first = await farm.store.builds.start(build("b1"), [job("j1", "A1")], ORDER);
  const again = await farm.store.builds.start(
    { ...build("b2"), requestId: "request-b1", requestHash: "hash-b1" },
    [job("j2", "A1")],
    ORDER,
  );
  expect(first).toMatchObject({ ok: true, value: { repeated: false } });
  expect(again).toMatchObject({ ok: true, value: { repeated: true, build: { buildId: "b1" } } });
  expect(await farm.store.builds.list(10)).toHaveLength(1);
});

test("start() refuses a request id that stood for other values", async () => {
  const farm = await openFarm(onTestFinished);
  await farm.store.builds.start(build("b1"), [job("j1", "A1")], ORDER);
  const other = await farm.store.builds.start(
    { ...build("b2"), requestId: "request-b1" },
    [job("j2", "B2")],
    ORDER,
  );
  expect(other).toMatchObject({ ok: false, problem: { code: "request_id_reused" } });
});

test("start() gives no drive to two open builds, and stores nothing of the second", async () => {
  const farm = await openFarm(onTestFinished);
  await farm.store.builds.start(build("b1"), [job("j1", "A1")], ORDER);
  const second = await farm.store.builds.start(
    build("b2"),
    [job("j2", "B2"), job("j3", "A1")],
    ORDER,
  );
  expect(second).toMatchObject({ ok: false, problem: { code: "drive_busy" } });
  expect(await farm.store.builds.find("b2")).toBeNull();
  expect(await farm.store.builds.jobs("b2")).toEqual([]);
});

test("start() keeps what the bay of each job is called, whatever it is called later", async () => {
  const { store } = await openFarm(onTestFinished);
  const labels = async () => (await store.builds.jobs("b1")).map(({ label }) => label);
  const jobs = [
    job("j1", "A1"),
    { ...job("j2", "B2"), consent: { ...job("j2", "B2").consent, bay: "2" } },
  ];
  await store.labels.set({ agent: "ws-1", bay: "1", label: "left hub 3" });
  await store.builds.start(build("b1"), jobs, ORDER);
  expect(await labels()).toEqual(["left hub 3", ""]);
  await store.labels.set({ agent: "ws-1", bay: "1", label: "shelf" });
  await store.labels.set({ agent: "ws-1", bay: "2", label: "left hub 3" });
  expect(await labels()).toEqual(["left hub 3", ""]);
});

test("assign() gives fences that only grow and gives no job twice", async () => {
  const farm = await openFarm(onTestFinished);
  await farm.store.builds.start(build("b1"), [job("j1", "A1"), job("j2", "B2")], ORDER);
  const one = await farm.assign("j1", 1);
  const two = await farm.assign("j2", 1);
  expect(two?.fence).toBeGreaterThan(one?.fence ?? Number.POSITIVE_INFINITY);
  expect(await farm.assign("j1", 1)).toBeNull();
});

test("grantLease() grants to one run of the agent that was given the attempt, again and again, and to no other", async () => {
  const farm = await openFarm(onTestFinished);
  await farm.store.builds.start(build("b1"), [job("j1", "A1")], ORDER);
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
  const farm = await openFarm(onTestFinished);
  await farm.store.builds.start(build("b1"), [job("j1", "A1")], ORDER);
  const fence = (await farm.assign("j1", 1))?.fence ?? 0;
  await farm.store.builds.requestCancel("b1", 1);
  expect(await farm.store.builds.grantLease({ jobId: "j1", attempt: 1, fence }, RUN_1, 1)).toBe(
    false,
  );
});

test("grantLease() grants nothing when the consent is too old, and again after retry", async () => {
  const farm = await openFarm(onTestFinished);
  await farm.store.builds.start(build("b1"), [job("j1", "A1")], ORDER);
  const [consented] = await farm.store.builds.jobs("b1");
  const tooLateMs = (consented?.consentedAtMs ?? 0) + CONSENT_MAX_MS + 1;
  const fence = (await farm.assign("j1", 1))?.fence ?? 0;
  const lease = { jobId: "j1", attempt: 1, fence };
  expect(await farm.store.builds.grantLease(lease, RUN_1, tooLateMs)).toBe(false);
  const problem = { code: "lease_refused", detail: "Cannot begin" } as const;
  const outcome = { kind: "failed", problem, dirty: true } as const;
  await farm.store.builds.recordResult({ ...result(fence, "body-1"), outcome }, tooLateMs);

  await farm.store.builds.retry("b1", tooLateMs);
  const [again] = await farm.store.builds.jobs("b1");
  expect(again?.consentedAtMs).toBe(tooLateMs);
  const next = { jobId: "j1", attempt: 2, fence: (await farm.assign("j1", 2))?.fence ?? 0 };
  const inTimeMs = tooLateMs + CONSENT_MAX_MS;
  expect(await farm.store.builds.grantLease(next, RUN_1, inTimeMs)).toBe(true);
  expect(await farm.store.builds.grantLease(next, RUN_1, inTimeMs + 1)).toBe(true);
});

test("recordResult() has exactly-once effect and survives a new opening of the database", async () => {
  const farm = await openFarm(onTestFinished);
  await farm.store.builds.start(build("b1"), [job("j1", "A1")], ORDER);
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
  const farm = await openFarm(onTestFinished);
  await farm.store.builds.start(build("b1"), [job("j1", "A1")], ORDER);
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
  const farm = await openFarm(onTestFinished);
  await farm.store.builds.start(build("b1"), [job("j1", "A1")], ORDER);
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

test("retry() leaves the jobs that succeeded, whoever has their drives by now", async () => {
  const farm = await openFarm(onTestFinished);
  await farm.store.builds.start(build("b1"), [job("j1", "A1"), job("j2", "B2")], ORDER);
  const problem = { code: "write_failed", detail: "" } as const;
  const failed = { kind: "failed", problem, dirty: true } as const;
  const first = result((await farm.assign("j1", 1))?.fence ?? 0, "x");
  await farm.store.builds.recordResult(first, 5);
  const second = { ...result((await farm.assign("j2", 1))?.fence ?? 0, "y"), jobId: "j2" };
  await farm.store.builds.recordResult({ ...second, outcome: failed }, 5);
  await farm.store.builds.start(build("b2"), [job("j3", "A1")], ORDER);
  expect(await farm.store.builds.retry("b1", 6)).toMatchObject({ ok: true });
  expect((await farm.store.builds.jobs("b1")).map(({ state }) => state.kind)).toEqual([
    "succeeded",
    "pending",
  ]);
});

test("retry() takes no drive that another build has, and changes nothing then", async () => {
  const farm = await openFarm(onTestFinished);
  await farm.store.builds.start(build("b1"), [job("j1", "A1")], ORDER);
  const problem = { code: "write_failed", detail: "" } as const;
  const failed = { kind: "failed", problem, dirty: true } as const;
  const ended = result((await farm.assign("j1", 1))?.fence ?? 0, "x");
  await farm.store.builds.recordResult({ ...ended, outcome: failed }, 5);
  await farm.store.builds.start(build("b2"), [job("j2", "A1")], ORDER);
  expect(await farm.store.builds.retry("b1", 6)).toMatchObject({
    problem: {
      code: "drive_busy",
      detail: 'Cannot retry on drive "A1": build "b2" holds it',
    },
  });
  expect(await farm.store.builds.jobs("b1")).toMatchObject([{ state: { kind: "failed" } }]);
});

test("openStore() refuses a file that is no database, and leaves it as it is", async () => {
  const directory = await makeTemporaryFolder(onTestFinished);
  const path = join(directory, "damaged.sqlite");
  await writeFile(path, "not a database at all, but long enough to be read as a header");
  expect(await openStore(path)).toMatchObject({ ok: false, problem: { code: "store_damaged" } });
});

test("openStore() lets no second process in", async () => {
  const farm = await openFarm(onTestFinished);
  expect(await openStore(farm.path)).toMatchObject({
    ok: false,
    problem: { code: "store_locked" },
  });
});

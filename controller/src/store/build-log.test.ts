import { PLAIN_POLICY } from "@stickfarm/common/build/write-policy";
import { expect, onTestFinished, test } from "vitest";
import { build, job, ORDER, openFarm, RUN_1, result } from "./store-fixture.ts";

test("log() tells every turn of a build in the order in which it was stored, over a new opening of the database", async () => {
  const farm = await openFarm(onTestFinished);
  const drive = { jobId: "j1", agent: "ws-1", bay: "1", serial: "A1" };
  await farm.store.builds.start(build("b1"), [job("j1", "A1")], ORDER);
  const fence = (await farm.assign("j1", 1))?.fence ?? 0;
  await farm.store.builds.grantLease({ jobId: "j1", attempt: 1, fence }, RUN_1, 2);
  await farm.store.builds.notePhase(
    { ...drive, attempt: 1, fence, phase: "write", warning: null },
    3,
  );
  await farm.store.builds.requestCancel("b1", 4);
  await farm.store.builds.recordResult(
    { ...result(fence, "x"), outcome: { kind: "canceled", dirty: true } },
    5,
  );
  await farm.store.builds.retry("b1", 6);
  await farm.reopen();
  const lines = await farm.store.builds.log("b1", { after: 0, most: 100 });
  expect(lines.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(lines.map(({ atMs }) => atMs)).toEqual([1, 1, 2, 3, 4, 5, 5, 6]);
  const turn = (of: object) => ({ kind: "job", drive, turn: of });
  const { evidence } = result(fence, "x");
  expect(lines.map(({ event }) => event)).toEqual([
    { kind: "ordered", order: ORDER, drives: [drive] },
    turn({ kind: "assigned", attempt: 1, fence, policy: PLAIN_POLICY }),
    turn({ kind: "leaseGranted", attempt: 1, fence }),
    turn({ kind: "phase", attempt: 1, phase: "write" }),
    { kind: "cancelAsked" },
    turn({ kind: "result", attempt: 1, outcome: { kind: "canceled", dirty: true }, evidence }),
    { kind: "ended", state: "canceled" },
    turn({ kind: "retried" }),
  ]);
  const rest = await farm.store.builds.log("b1", { after: 6, most: 1 });
  expect(rest.map(({ number }) => number)).toEqual([7]);
});

test("log() tells who typed the serial of which drive, and what it was asked for", async () => {
  const farm = await openFarm(onTestFinished);
  const asks = [{ code: "drive_foreign_content", detail: "it holds ext4" }] as const;
  const typed = { ...job("j2", "B2"), typed: { operator: "chief", asks } };
  await farm.store.builds.start(build("b1"), [job("j1", "A1"), typed], ORDER);
  const [, ...lines] = await farm.store.builds.log("b1", { after: 0, most: 100 });
  expect(lines.map(({ event }) => event)).toEqual([
    {
      kind: "job",
      drive: { jobId: "j2", agent: "ws-1", bay: "1", serial: "B2" },
      turn: { kind: "serialTyped", operator: "chief", asks },
    },
  ]);
});

test("log() holds one line of what is told again, and none of what is not true", async () => {
  const farm = await openFarm(onTestFinished);
  await farm.store.builds.start(build("b1"), [job("j1", "A1")], ORDER);
  await farm.store.builds.start(build("b2"), [job("j2", "A1")], ORDER);
  await farm.store.builds.start({ ...build("b1") }, [job("j1", "A1")], ORDER);
  const fence = (await farm.assign("j1", 1))?.fence ?? 0;
  const warning = { code: "drive_hung", detail: "no answer for 120 s" } as const;
  const told = {
    agent: "ws-1",
    jobId: "j1",
    attempt: 1,
    fence,
    phase: "write",
    warning: null,
  } as const;
  await farm.store.builds.notePhase(told, 2);
  await farm.store.builds.notePhase(told, 3);
  await farm.store.builds.notePhase({ ...told, warning }, 3);
  await farm.store.builds.notePhase({ ...told, warning }, 3);
  await farm.store.builds.notePhase({ ...told, agent: "ws-2", phase: "seal" }, 3);
  await farm.store.builds.notePhase({ ...told, fence: fence + 1, phase: "seal" }, 3);
  await farm.store.builds.notePhase({ ...told, jobId: "none", phase: "seal" }, 3);
  await farm.store.builds.requestCancel("b1", 4);
  await farm.store.builds.requestCancel("b1", 4);
  await farm.store.builds.recordResult(result(fence, "x"), 5);
  await farm.store.builds.recordResult(result(fence, "x"), 6);
  await farm.store.builds.recordResult(result(fence, "other"), 6);
  const lines = await farm.store.builds.log("b1", { after: 0, most: 100 });
  expect(lines.map(({ event }) => (event.kind === "job" ? event.turn.kind : event.kind))).toEqual([
    "ordered",
    "assigned",
    "phase",
    "warned",
    "cancelAsked",
    "result",
    "ended",
  ]);
  expect(await farm.store.builds.log("b2", { after: 0, most: 100 })).toEqual([]);
});

test("the database refuses to change or remove a line of the log", async () => {
  const farm = await openFarm(onTestFinished);
  await farm.store.builds.start(build("b1"), [job("j1", "A1")], ORDER);
  await expect(farm.exec("UPDATE build_log SET event = '{}'")).rejects.toThrow(/never changed/);
  await expect(farm.exec("DELETE FROM build_log")).rejects.toThrow(/never removed/);
  expect(await farm.store.builds.log("b1", { after: 0, most: 100 })).toHaveLength(1);
});

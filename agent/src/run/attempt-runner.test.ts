import type { AttemptOrder } from "@stickfarm/common/build/attempt-order";
import type { AttemptReport } from "@stickfarm/common/build/attempt-report";
import { NO_EVIDENCE } from "@stickfarm/common/build/evidence";
import { fail, ok } from "@stickfarm/common/result";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { stallLimitsOf } from "../attempt/stall-watch.ts";
import { type AttemptPorts, AttemptRunner } from "./attempt-runner.ts";
import type { ClaimedStick, StickEvents } from "./claim-stick.ts";

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

const LEASE_MS = 45_000;
const WRITE = { call: "write", offsetBytes: 0 } as const;
const order = {
  jobId: "job-1",
  attempt: 1,
  fence: 7,
  consent: { driveId: "usb:1" },
  manifest: { sha256: "ab", sizeBytes: 1 },
} as AttemptOrder;

/** An attempt whose writer does nothing but what the test says; what the attempt did is noted. */
function startAttempt(ports: Partial<AttemptPorts> = {}) {
  const acts: string[] = [];
  const note = (act: string) => () => void acts.push(act);
  const stick: { events: StickEvents | null } = { events: null };
  const reports: AttemptReport[] = [];
  const claimed: ClaimedStick = {
    writer: {
      pid: 77,
      exited: new Promise(() => undefined),
      begin: note("begin"),
      seal: note("seal"),
      stop: note("stop"),
      kill: note("kill"),
    },
    release: async (isAbandoned) => void acts.push(isAbandoned ? "abandon" : "release"),
  };
  const runner: AttemptRunner = new AttemptRunner(order, {
    prepare: async () => ok({} as never),
    claim: async (_order, _content, events) => {
      acts.push("claim");
      stick.events = events;
      return ok(claimed);
    },
    requestLease: () => {
      acts.push("lease");
      runner.tell({ kind: "lease_granted", leaseUntilMs: Date.now() + LEASE_MS });
    },
    journal: async () => ok(undefined),
    phase: () => undefined,
    warn: (_order, phase, { code }) => void acts.push(`warn ${phase} ${code}`),
    meter: {
      show: (_order, { silentMs = 0 }) => void acts.push(`silent ${silentMs}`),
      forget: () => undefined,
    },
    ended: (report) => void reports.push(report),
    stallLimits: stallLimitsOf(180_000),
    nowMs: () => Date.now(),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    ...ports,
  });
  const settle = () => vi.advanceTimersByTimeAsync(0);
  runner.tell({ kind: "started" });
  return { runner, acts, reports, claimed, stick, settle };
}

const BEGUN = ["lease", "claim", "begin"];

test("AttemptRunner stops the writer when it is canceled, and lets go of one that does not stop", async () => {
  const { runner, acts, reports, settle } = startAttempt();
  await settle();
  runner.tell({ kind: "cancel" });
  await vi.advanceTimersByTimeAsync(1400);
  expect([acts, reports]).toEqual([[...BEGUN, "stop"], []]);
  await vi.advanceTimersByTimeAsync(200);
  expect(acts).toEqual([...BEGUN, "stop", "kill", "abandon"]);
  expect(reports).toMatchObject([{ outcome: { kind: "canceled", dirty: true } }]);
  expect(vi.getTimerCount()).toBe(0);
});

test("AttemptRunner lets go of a writer that stopped in time without killing it, and waits for nothing more", async () => {
  const { runner, acts, reports, stick, settle } = startAttempt();
  await settle();
  runner.tell({ kind: "cancel" });
  stick.events?.event({ kind: "writer_stopped" });
  await settle();
  expect(acts).toEqual([...BEGUN, "stop", "release"]);
  expect(reports).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});

test("AttemptRunner tells of a silent drive, warns of it once and gives it up", async () => {
  const { acts, reports, stick, settle } = startAttempt();
  await settle();
  stick.events?.progress({ phase: "write", doneBytes: 0, totalBytes: 1 });
  stick.events?.beat({ calls: 0, movedBytes: 0, waiting: WRITE });
  await vi.advanceTimersByTimeAsync(179_000);
  expect(acts).toContain("silent 30000");
  expect(acts.filter((act) => act.startsWith("warn"))).toEqual(["warn write drive_hung"]);
  expect(reports).toEqual([]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(acts.slice(-2)).toEqual(["kill", "abandon"]);
  expect(reports).toMatchObject([{ outcome: { problem: { code: "drive_hung" }, dirty: true } }]);
});

test("AttemptRunner hears that the drive answers", async () => {
  const { reports, stick, settle } = startAttempt();
  await settle();
  for (let second = 1; second <= 400; second += 1) {
    stick.events?.beat({ calls: second, movedBytes: second << 20, waiting: WRITE });
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(reports).toEqual([]);
});

test("AttemptRunner lets go of a drive that it got after it was canceled, and begins nothing", async () => {
  let give: () => void = () => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  const { runner, acts, reports, claimed, settle } = startAttempt({
    claim: async () => {
      await given;
      return ok(claimed);
    },
  });
  await settle();
  runner.tell({ kind: "cancel" });
  await settle();
  give();
  await settle();
  expect(acts).toEqual(["lease", "release"]);
  expect(reports).toMatchObject([{ outcome: { kind: "canceled", dirty: false } }]);
});

test("AttemptRunner asks for a new lease when the claim outlasted it, and claims once", async () => {
  let leases = 0;
  const { runner, acts, settle } = startAttempt({
    requestLease: () => {
      leases += 1;
    },
  });
  await settle();
  runner.tell({ kind: "lease_granted", leaseUntilMs: Date.now() - 1 });
  await settle();
  expect([leases, acts]).toEqual([2, ["claim"]]);
  runner.tell({ kind: "lease_granted", leaseUntilMs: Date.now() + LEASE_MS });
  await settle();
  expect([leases, acts]).toEqual([2, ["claim", "begin"]]);
});

test("AttemptRunner fetches no further once it has ended", async () => {
  const signals: AbortSignal[] = [];
  const { runner, reports, settle } = startAttempt({
    prepare: (_order, _onProgress, signal) => {
      signals.push(signal);
      return new Promise(() => undefined);
    },
  });
  runner.tell({ kind: "cancel" });
  await settle();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  expect(reports).toMatchObject([{ outcome: { kind: "canceled", dirty: false } }]);
});

test("AttemptRunner ends, and says so, when a step of it breaks", async () => {
  const { acts, reports, settle } = startAttempt({
    claim: () => Promise.reject(new Error("no such table")),
  });
  await settle();
  expect(acts).toEqual(["lease"]);
  expect(reports).toMatchObject([
    {
      outcome: {
        problem: { code: "writer_died", detail: expect.stringContaining("claim: no such table") },
        dirty: false,
      },
    },
  ]);
});

test("AttemptRunner does not begin what the journal does not take", async () => {
  const full = fail({ code: "disk_full", detail: "Cannot write the journal: ENOSPC" });
  const { acts, reports, settle } = startAttempt({
    journal: async ({ kind }) => (kind === "destroying" ? full : ok(undefined)),
  });
  await settle();
  expect(acts).toEqual(["lease", "claim", "release"]);
  expect(reports).toMatchObject([{ outcome: { problem: { code: "disk_full" }, dirty: false } }]);
});

test("AttemptRunner reports what was measured", async () => {
  const { reports, stick, settle } = startAttempt();
  await settle();
  stick.events?.measured({ ...NO_EVIDENCE, writtenBytes: 5 });
  stick.events?.event({ kind: "writer_died", words: "" });
  await settle();
  expect(reports).toMatchObject([{ evidence: { manifestSha256: "ab", writtenBytes: 5 } }]);
});

test("AttemptRunner says nothing after close(), and holds nothing", async () => {
  const { runner, acts, reports, stick, settle } = startAttempt();
  await settle();
  await runner.close();
  stick.events?.event({ kind: "writer_stopped" });
  await vi.advanceTimersByTimeAsync(400_000);
  expect([acts, reports]).toEqual([[...BEGUN, "release"], []]);
  expect(vi.getTimerCount()).toBe(0);
});

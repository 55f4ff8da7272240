import { CONSENT_MAX_MS } from "@stickfarm/common/build/consent-age";
import { type JobState, NEW_JOB } from "@stickfarm/common/build/job-state";
import { UNSEEN } from "@stickfarm/common/drive/contents";
import { type Drive, UNKNOWN_FACTS } from "@stickfarm/common/drive/drive";
import { expect, test } from "vitest";
import { planAssignments, type ScheduledJob, type Snapshot } from "./plan-assignments.ts";

const LIMITS = { activePerAgentMax: 2 };

test("planAssignments() assigns a waiting job to the drive that was consented to", () => {
  const decisions = planAssignments({ jobs: [job("j1", "A1")], agents: [ready("A1")] }, 0, LIMITS);
  expect(decisions).toEqual([{ kind: "assign", jobId: "j1", attempt: 1 }]);
});

test("planAssignments() gives all reasons for waiting at once", () => {
  const state: JobState = {
    kind: "pending",
    attempt: 0,
    cleanFailures: 0,
    notBeforeMs: 5000,
    lastProblem: { code: "drive_busy", detail: "Cannot claim it" },
  };
  const jobs = [{ ...job("j1", "A1"), state }];
  const drives = [
    { ...drive("A1"), refusals: [{ code: "drive_in_use", detail: "mounted at /mnt" } as const] },
  ];
  const decisions = planAssignments({ jobs, agents: [{ name: "ws-1", drives }] }, 1000, LIMITS);
  expect(decisions).toEqual([
    {
      kind: "wait",
      jobId: "j1",
      reasons: ["mounted at /mnt", "tries again in 4 s after: Cannot claim it"],
    },
  ]);
});

test("planAssignments() waits for an agent whose journal is not merged", () => {
  const decisions = planAssignments({ jobs: [job("j1", "A1")], agents: [] }, 0, LIMITS);
  expect(decisions).toEqual([{ kind: "wait", jobId: "j1", reasons: ["agent is not connected"] }]);
});

test("planAssignments() refuses a job whose stick was exchanged", () => {
  const drives = [{ ...drive("A1"), insertion: "2" }];
  const decisions = planAssignments(
    { jobs: [job("j1", "A1")], agents: [{ name: "ws-1", drives }] },
    0,
    LIMITS,
  );
  expect(decisions[0]).toMatchObject({ kind: "refuse", problem: { code: "drive_changed" } });
});

test("planAssignments() gives out no job whose consent is too old, whatever it waits for", () => {
  const tooLateMs = CONSENT_MAX_MS + 1;
  for (const agents of [[ready("A1")], []]) {
    const snapshot = { jobs: [job("j1", "A1")], agents };
    expect(planAssignments(snapshot, CONSENT_MAX_MS, LIMITS)[0]?.kind).not.toBe("refuse");
    expect(planAssignments(snapshot, tooLateMs, LIMITS)).toMatchObject([
      { kind: "refuse", jobId: "j1", problem: { code: "consent_expired" } },
    ]);
  }
  const canceled = { jobs: [{ ...job("j1", "A1"), cancelRequested: true }], agents: [] };
  expect(planAssignments(canceled, tooLateMs, LIMITS)).toMatchObject([{ kind: "withdraw" }]);
});

test("planAssignments() withdraws what is canceled before it was handed out", () => {
  const jobs = [{ ...job("j1", "A1"), cancelRequested: true }];
  expect(planAssignments({ jobs, agents: [ready("A1")] }, 0, LIMITS)).toEqual([
    { kind: "withdraw", jobId: "j1" },
  ]);
});

test("planAssignments() never exceeds an agent's limit and decides nothing for open jobs", () => {
  const broken: string[] = [];
  for (let count = 0; count < 12; count++) {
    const jobs = Array.from({ length: count }, (_, index) => ({
      ...job(`j${index}`, `S${index}`),
      state:
        index % 3 === 0
          ? ({ kind: "running", attempt: 1, fence: index, cleanFailures: 0 } as const)
          : NEW_JOB,
    }));
    const snapshot: Snapshot = {
      jobs,
      agents: [{ name: "ws-1", drives: jobs.map((one) => drive(one.consent.serial)) }],
    };
    const decisions = planAssignments(snapshot, 0, LIMITS);
    const open = jobs.filter((one) => one.state.kind === "running").length;
    const assigned = decisions.filter((one) => one.kind === "assign").length;
    if (assigned > Math.max(0, LIMITS.activePerAgentMax - open)) broken.push(`${count}: too many`);
    if (decisions.length !== count - open) broken.push(`${count}: ${decisions.length} decisions`);
  }
  expect(broken).toEqual([]);
});

function job(jobId: string, serial: string): ScheduledJob {
  const { driveId, bay, sizeBytes, insertion } = drive(serial);
  return {
    jobId,
    agent: "ws-1",
    consent: { driveId, bay, serial, sizeBytes, insertion, overrides: [] },
    consentedAtMs: 0,
    state: NEW_JOB,
    cancelRequested: false,
  };
}

function ready(serial: string) {
  return { name: "ws-1", drives: [drive(serial)] };
}

function drive(serial: string): Drive {
  return {
    driveId: `virtual-file:${serial}`,
    bay: serial,
    serial,
    vendor: "stickfarm",
    model: "virtual drive",
    sizeBytes: 1 << 30,
    logicalBlockBytes: 512,
    insertion: "1",
    transport: "virtual-file",
    refusals: [],
    asks: [],
    facts: UNKNOWN_FACTS,
    contents: UNSEEN,
  };
}

import { whyConsentExpired } from "@stickfarm/common/build/consent-age";
import type { JobState } from "@stickfarm/common/build/job-state";
import type { Drive, DriveConsent } from "@stickfarm/common/drive/drive";
import { matchConsent } from "@stickfarm/common/drive/match-consent";
import type { Problem } from "@stickfarm/common/problem";

/** All that the scheduler may know. Read whole, decided once, carried out after. */
export type Snapshot = {
  /** Jobs that have not ended, oldest build first. */
  readonly jobs: readonly ScheduledJob[];
  /** Only agents with a session whose journal has been merged: nothing is given to any other. */
  readonly agents: readonly ReadyAgent[];
};

export type ScheduledJob = {
  readonly jobId: string;
  readonly agent: string;
  readonly consent: DriveConsent;
  readonly consentedAtMs: number;
  readonly state: JobState;
  readonly cancelRequested: boolean;
};

export type ReadyAgent = { readonly name: string; readonly drives: readonly Drive[] };

export type Limits = { readonly activePerAgentMax: number };

export type Decision =
  | { readonly kind: "assign"; readonly jobId: string; readonly attempt: number }
  | { readonly kind: "withdraw"; readonly jobId: string }
  | { readonly kind: "refuse"; readonly jobId: string; readonly problem: Problem }
  | { readonly kind: "wait"; readonly jobId: string; readonly reasons: readonly string[] };

/**
 * What to do now with every job that waits. Pure: the same snapshot, clock and limits give the same decisions.
 *
 * One decision for each pending job and none for any other. All reasons for waiting are given, not the first.
 */
export function planAssignments(snapshot: Snapshot, nowMs: number, limits: Limits): Decision[] {
  const agents = new Map(snapshot.agents.map((agent) => [agent.name, agent]));
  const active = countActive(snapshot.jobs);
  return snapshot.jobs.flatMap((job): Decision[] => {
    if (job.state.kind !== "pending") return [];
    if (job.cancelRequested) return [{ kind: "withdraw", jobId: job.jobId }];
    const expired = whyConsentExpired(job, nowMs);
    if (expired !== null) return [{ kind: "refuse", jobId: job.jobId, problem: expired }];
    const agent = agents.get(job.agent);
    const drive = agent?.drives.find((candidate) => candidate.driveId === job.consent.driveId);
    if (drive !== undefined) {
      const match = matchConsent(job.consent, drive);
      if (!match.ok) return [{ kind: "refuse", jobId: job.jobId, problem: match.problem }];
    }
    const running = active.get(job.agent) ?? 0;
    const reasons = whyWaiting({ state: job.state, agent, drive, running }, nowMs, limits);
    if (reasons.length > 0) return [{ kind: "wait", jobId: job.jobId, reasons }];
    active.set(job.agent, running + 1);
    return [{ kind: "assign", jobId: job.jobId, attempt: job.state.attempt + 1 }];
  });
}

function countActive(jobs: readonly ScheduledJob[]): Map<string, number> {
  const active = new Map<string, number>();
  for (const job of jobs) {
    if (job.state.kind !== "assigned" && job.state.kind !== "running") continue;
    active.set(job.agent, (active.get(job.agent) ?? 0) + 1);
  }
  return active;
}

type Candidate = {
  readonly state: Extract<JobState, { kind: "pending" }>;
  readonly agent: ReadyAgent | undefined;
  readonly drive: Drive | undefined;
  readonly running: number;
};

function whyWaiting(candidate: Candidate, nowMs: number, limits: Limits): string[] {
  const { state, agent, drive, running } = candidate;
  const reasons: string[] = [];
  if (agent === undefined) reasons.push("agent is not connected");
  else if (drive === undefined) reasons.push("drive is not plugged in");
  for (const refusal of drive?.refusals ?? []) reasons.push(refusal.detail);
  if (running >= limits.activePerAgentMax)
    reasons.push(`agent writes ${running} drives, its limit is ${limits.activePerAgentMax}`);
  if (state.notBeforeMs > nowMs)
    reasons.push(
      `tries again in ${Math.ceil((state.notBeforeMs - nowMs) / 1000)} s after: ${state.lastProblem?.detail ?? "a failure"}`,
    );
  return reasons;
}

import { capacityShown } from "@stickfarm/common/build/stick-record";
import type { AskedPolicy, WritePolicy } from "@stickfarm/common/build/write-policy";
import { canBeFake } from "@stickfarm/common/drive/stick-key";
import { type Decision, planAssignments } from "../schedule/plan-assignments.ts";
import { resolvePolicy } from "../schedule/resolve-policy.ts";
import type { AttemptEntry, OpenJob } from "../store/build-entries.ts";
import type { Farm } from "./farm.ts";
import { sendOrders } from "./send-orders.ts";

/** A slow disk or a full hub bounds an agent sooner; this bounds what a mistake can start. */
const LIMITS = { activePerAgentMax: 32 };
/** Looks again after this long without a change: a job that waits for a moment has no event to wake it. */
const IDLE_MS = 1000;

/** Read everything, decide once, carry out; again after each change until the signal aborts. */
export async function runScheduleLoop(farm: Farm, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const seen = farm.changed.version();
    try {
      await scheduleOnce(farm);
    } catch (error) {
      // The truth is in the store: what this round could not do, the next one decides again.
      farm.log.error({ err: error }, "scheduling failed");
    }
    await farm.changed.next(seen, IDLE_MS, signal);
  }
}

async function scheduleOnce(farm: Farm): Promise<void> {
  const jobs = await farm.store.builds.openJobs();
  const decisions = planAssignments({ jobs, agents: farm.sessions.list() }, farm.nowMs(), LIMITS);
  farm.waiting.clear();
  const byId = new Map(jobs.map((job) => [job.jobId, job]));
  let changed = false;
  for (const decision of decisions) {
    const job = byId.get(decision.jobId);
    if (job !== undefined) changed = (await carryOut(farm, job, decision)) || changed;
  }
  if (changed) farm.changed.raise();
}

/** True: the truth has changed. */
async function carryOut(farm: Farm, job: OpenJob, decision: Decision): Promise<boolean> {
  switch (decision.kind) {
    case "wait":
      farm.waiting.set(decision.jobId, decision.reasons);
      return false;
    case "withdraw":
      return farm.store.builds.endPending(job.jobId, { kind: "withdrawn" }, farm.nowMs());
    case "refuse":
      return farm.store.builds.endPending(
        job.jobId,
        { kind: "refused", problem: decision.problem },
        farm.nowMs(),
      );
    case "assign":
      return assign(farm, job, decision.attempt);
  }
}

async function assign(farm: Farm, job: OpenJob, attempt: number): Promise<boolean> {
  const build = await farm.store.builds.find(job.buildId);
  if (build === null) return false;
  const policy = await settlePolicy(farm, job, build.policy);
  const stickId = Buffer.from(farm.randomBytes(16)).toString("hex");
  const stamp = (fence: number) =>
    stampAttempt(farm, { job, attempt, fence, stickId, manifest: build.manifestSha256 });
  const entry = await farm.store.builds.assign(
    { jobId: job.jobId, attempt, policy, stamp },
    farm.nowMs(),
  );
  if (entry === null) return false;
  farm.log.info(
    { buildId: job.buildId, jobId: job.jobId, attempt, fence: entry.fence, agent: job.agent },
    "attempt assigned",
  );
  await sendOrders(farm, job.agent, [{ job, attempt: entry, build }], false);
  return true;
}

/** Once per attempt, and kept with it: an order that is sent again is the same. */
async function settlePolicy(farm: Farm, job: OpenJob, asked: AskedPolicy): Promise<WritePolicy> {
  const history = await farm.store.sticks.history(job);
  return resolvePolicy(asked, {
    canBeFake: canBeFake(job.consent.driveId),
    hasShownCapacity: capacityShown(history, job.consent) !== null,
  });
}

type Stamp = {
  readonly job: OpenJob;
  readonly attempt: number;
  readonly fence: number;
  readonly stickId: string;
  readonly manifest: string;
};

/** The passport says what this stick is and where it came from; it says nothing of whether the build succeeded. */
function stampAttempt(
  farm: Farm,
  { job, attempt, fence, stickId, manifest }: Stamp,
): Pick<AttemptEntry, "stickId" | "passport" | "passportSignature"> {
  const passport = Buffer.from(
    `${JSON.stringify(
      {
        formatVersion: 1,
        stickId,
        buildId: job.buildId,
        jobId: job.jobId,
        attempt,
        fence,
        manifestSha256: manifest,
        agent: job.agent,
        bay: job.consent.bay,
        serial: job.consent.serial,
        orderedAt: new Date(farm.nowMs()).toISOString(),
      },
      null,
      2,
    )}\n`,
  );
  return { stickId, passport, passportSignature: farm.sign(passport) };
}

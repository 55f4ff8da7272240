import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { AttemptPhase } from "@stickfarm/common/build/attempt-phase";
import type { BuildView, JobView } from "@stickfarm/proto/stickfarm/v1/operator";
import { waitFor } from "../../support/wait-for.ts";
import type { Stick } from "./plug-stick.ts";
import { record } from "./record.ts";
import type { StickFarm } from "./stick-farm.ts";

export type OnStick = { readonly buildId: string; readonly stick: Stick };

export function jobOn(view: BuildView, { bay }: Stick): JobView {
  const job = view.jobs.find((one) => one.bay === bay);
  if (job === undefined) throw new Error(`No job on bay ${bay}`);
  return job;
}

/** Waits until the job on this stick is in this phase; throws as soon as it has ended without it. */
export async function inPhase(
  farm: StickFarm,
  { buildId, stick, phase }: OnStick & { readonly phase: AttemptPhase },
): Promise<void> {
  const job = await waitFor(
    `phase ${phase} on bay ${stick.bay}`,
    async () => {
      const seen = jobOn(await farm.build(buildId), stick);
      return hasEnded(seen) || String(seen.phase) === phase ? seen : undefined;
    },
    { limitMs: 120_000, everyMs: 200 },
  );
  // Not in the look: what it throws, waitFor() waits out.
  if (hasEnded(job)) throw new Error(`The job has ${job.state}: ${JSON.stringify(job.problem)}`);
}

function hasEnded({ state }: JobView): boolean {
  return ["succeeded", "failed", "canceled"].includes(state);
}

/** The job on this stick when it is over; the time since `sinceMs` goes into the record. */
export async function outcomeOf(
  farm: StickFarm,
  {
    buildId,
    stick,
    fault,
    sinceMs,
  }: OnStick & { readonly fault: string; readonly sinceMs: number },
): Promise<JobView> {
  const ended = await waitFor(
    `the end on bay ${stick.bay}`,
    async () => {
      const job = jobOn(await farm.build(buildId), stick);
      return hasEnded(job) ? job : undefined;
    },
    { limitMs: 300_000, everyMs: 200 },
  );
  await record(fault, [ended.state, ended.problem?.code ?? ended.proof].join(" "), sinceMs);
  return ended;
}

/** What lies on a medium, as one value. */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** Restarts the agent: builds of before must look as they did, and it must hold nothing any more. */
export async function saysTheSameAfterRestart(farm: StickFarm): Promise<void> {
  const before = await farm.must("build", "list", "-o", "json");
  await farm.agent("ws-1").end();
  await farm.runAgent("ws-1");
  const after = await farm.must("build", "list", "-o", "json");
  if (before !== after) throw new Error(`Before the restart: ${before}\nAfter it: ${after}`);
}

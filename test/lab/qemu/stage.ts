import type { JobView } from "@stickfarm/proto/stickfarm/v1/operator";
import { judgeStick } from "./judge-stick.ts";
import type { Lab } from "./open-lab.ts";
import type { Row } from "./render-rows.ts";
import { digestOf, type Stick } from "./stick.ts";
import { lookAtStick, type TestMedia } from "./test-media.ts";

/** What the stages of a run work with. */
export type Run = {
  readonly lab: Lab;
  readonly files: TestMedia;
  readonly image: TestMedia;
  /** In a port all the time, and never ordered. */
  readonly bystander: Stick;
  readonly add: (row: Row) => void;
};

export type Ending = {
  readonly done: string;
  readonly stick: Stick;
  readonly job: JobView;
  /** When that was done of which this is the outcome. */
  readonly sinceMs: number;
  readonly endedAtMs: number;
  /** Digest of the stick before it was ordered. */
  readonly before: string;
  readonly media: TestMedia;
  /** What it must come to; `null`: either way, as long as it is true. */
  readonly must: readonly string[] | null;
};

/** Judge a stick that is in no port any more, and write the row. */
export async function judgeEnding(run: Run, ending: Ending): Promise<void> {
  const { done, stick, job, sinceMs, endedAtMs, before, media, must } = ending;
  const seen = await lookAtStick(media, stick);
  const word = wordOf(job);
  const missed = must === null || must.includes(word) ? [] : [`should be ${must.join(" or ")}`];
  const broken = [...missed, ...judgeStick(job, seen, before)];
  if (broken.length > 0) run.lab.say(`${stick.name}: ${seen.against} ${job.problem?.detail ?? ""}`);
  run.add({ done, outcome: describeJob(job), tookMs: endedAtMs - sinceMs, broken });
}

/** As `must` names it: "succeeded", or what it failed of. */
function wordOf({ state, problem }: JobView): string {
  return state === "succeeded" ? state : (problem?.code ?? state);
}

function describeJob(job: JobView): string {
  if (job.state === "succeeded") return `succeeded, ${job.proof}`;
  return `${job.state}, ${job.problem?.code ?? "no problem"}, ${job.dirty ? "dirty" : "untouched"}`;
}

/** That nothing has come onto the stick which nobody ordered. */
export async function judgeBystander(run: Run, before: string): Promise<void> {
  const sinceMs = performance.now();
  const isSame = (await digestOf(run.bystander)) === before;
  run.add({
    done: "a stick in a port all the time that was never ordered",
    outcome: isSame ? "unchanged" : "changed",
    tookMs: performance.now() - sinceMs,
    broken: isSame ? [] : ["was written"],
  });
}

import type { AttemptOrder } from "@stickfarm/common/build/attempt-order";
import type { FetchPoint } from "@stickfarm/common/media/distribution-point";
import { orderToWire } from "@stickfarm/common/wire/attempt";
import type { AttemptOrder as WireOrder } from "@stickfarm/proto/stickfarm/v1/agent";
import type { OpenAttempt } from "../store/build-entries.ts";
import type { Farm } from "./farm.ts";
import { placePoints } from "./find-missing.ts";

/** Tell an agent of attempts; `full` = these are all that are open for it. Lost messages come again with the next Hello. */
export async function sendOrders(
  farm: Farm,
  agent: string,
  attempts: readonly OpenAttempt[],
  full: boolean,
): Promise<void> {
  const live = farm.sessions.find(agent);
  if (live === undefined) return;
  const generation = await farm.store.builds.nextGeneration();
  const orders: WireOrder[] = [];
  for (const attempt of attempts) {
    const points = await placePoints(farm, attempt.build.sources.points);
    orders.push(orderToWire(toOrder(attempt, points)));
  }
  live.send({ $case: "desired", value: { generation, full, orders } });
}

function toOrder(
  { job, attempt, build }: OpenAttempt,
  points: readonly FetchPoint[],
): AttemptOrder {
  return {
    buildId: build.buildId,
    jobId: job.jobId,
    attempt: attempt.attempt,
    fence: attempt.fence,
    stickId: attempt.stickId,
    consent: job.consent,
    manifest: { sha256: build.manifestSha256, sizeBytes: build.manifestBytes },
    manifestSignature: build.manifestSignature,
    passport: attempt.passport,
    passportSignature: attempt.passportSignature,
    orderedAtMs: attempt.assignedAtMs,
    points,
    localSha256: build.sources.made,
    policy: attempt.policy,
    cancel: job.cancelRequested,
  };
}

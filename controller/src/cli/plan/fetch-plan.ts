import { ok, type Result } from "@stickfarm/common/result";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { type MediaRef, parseMediaRef } from "../argument/parse-media-ref.ts";
import { parseTargets, type Target } from "../argument/parse-targets.ts";
import type { Controller } from "../connect/controller.ts";
import { type PlanPicture, parsePlan } from "../connect/plan-picture.ts";

/** A plan with what was asked for, so that exactly that can be started. */
export type FetchedPlan = {
  readonly picture: PlanPicture;
  readonly media: MediaRef;
  readonly targets: readonly Target[];
};

/** Problems: usage, media_unknown, agent_unknown, and what else the controller answers. */
export async function fetchPlan(
  controller: Controller,
  { media, on }: { readonly media: string; readonly on: readonly string[] },
): Promise<Result<FetchedPlan>> {
  const ref = parseMediaRef(media);
  if (!ref.ok) return ref;
  const targets = parseTargets(on);
  if (!targets.ok) return targets;
  const response = await controller.call(OperatorServiceService.plan, {
    mediaName: ref.value.name,
    revision: ref.value.revision,
    targets: targets.value,
  });
  if (!response.ok) return response;
  const picture = parsePlan(response.value);
  if (!picture.ok) return picture;
  return ok({ picture: picture.value, media: ref.value, targets: targets.value });
}

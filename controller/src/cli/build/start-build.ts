import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type AskedPolicy, OPEN_POLICY } from "@stickfarm/common/build/write-policy";
import { whyUnanswered } from "@stickfarm/common/drive/answer-asks";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { askedPolicyToWire } from "@stickfarm/common/wire/write-policy";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { parseRequestId } from "../argument/parse-request-id.ts";
import { parseBuild } from "../connect/build-picture.ts";
import type { Controller } from "../connect/controller.ts";
import type { PlanPicture } from "../connect/plan-picture.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { fetchPlan } from "../plan/fetch-plan.ts";
import { countDrives, renderPlan, whyNotBuildable } from "../plan/render-plan.ts";
import { type Session, say } from "../shell/session.ts";
import { renderPolicy } from "../view/render-policy.ts";
import { watchBuilds } from "../watch/watch-build.ts";
import { askConsent } from "./ask-consent.ts";
import { askSerials } from "./ask-serials.ts";
import { loadRequest, type StartRequest, saveRequest } from "./request-store.ts";

export type Start = {
  readonly media: string | undefined;
  readonly on?: readonly string[];
  /** Serials of drives that a yes alone does not erase. */
  readonly erase?: readonly string[];
  readonly yes?: true;
  readonly watch?: true;
  readonly requestId?: string;
  readonly policy: AskedPolicy;
};

/**
 * From a plan and the consent to it to a running build. A repeated request is sent as it was: the consent to it was given.
 *
 * Problems: usage, drive_refused, serial_shared, consent_missing, plan_changed, and what else the controller answers.
 */
export async function startBuild(
  session: Session,
  controller: Controller,
  start: Start,
): Promise<Result<number>> {
  const folder = join(session.paths.stateDirectory, "requests");
  const given = start.requestId === undefined ? ok(null) : parseRequestId(start.requestId);
  if (!given.ok) return given;
  const kept = given.value === null ? ok(null) : await loadRequest(folder, given.value);
  if (!kept.ok) return kept;
  const requestId = given.value ?? session.io.newId();
  const request =
    kept.value === null
      ? await makeRequest(session, controller, { ...start, requestId })
      : repeatRequest(kept.value, start);
  if (!request.ok) return request;
  const saved = await saveRequest(folder, request.value);
  if (!saved.ok) return saved;
  return sendRequest(session, controller, { request: request.value, watch: start.watch === true });
}

async function makeRequest(
  session: Session,
  controller: Controller,
  { media, on = [], erase = [], yes, requestId, policy }: Start & { readonly requestId: string },
): Promise<Result<StartRequest>> {
  if (media === undefined)
    return fail({ code: "usage", detail: "Cannot start a build: the media's NAME must be given" });
  const plan = await fetchPlan(controller, { media, on });
  if (!plan.ok) return plan;
  const { picture, targets } = plan.value;
  session.io.stderr.write(`${renderPlan(picture, { color: session.talkColor, typed: erase })}\n`);
  const problem = whyNotBuildable(picture) ?? whyStray(picture, erase);
  if (problem !== null) return fail(problem);
  const serials = yes === true ? ok(erase) : await askSerials(session, picture, erase);
  if (!serials.ok) return serials;
  const unanswered = whyUnanswered(picture.drives, serials.value);
  if (unanswered !== null) return fail(unanswered);
  const consent = yes === true ? ok(undefined) : await askConsent(session, picture);
  if (!consent.ok) return consent;
  const { name, revision } = picture.media;
  const { planDigest } = picture;
  const asked = { mediaName: name, revision, targets, planDigest, policy };
  return ok({ requestId, ...asked, eraseSerials: serials.value });
}

/** Nobody is asked for more before what was given is right. */
function whyStray({ drives }: PlanPicture, erase: readonly string[]): Problem | null {
  const problem = whyUnanswered(drives, erase);
  return problem?.code === "drive_refused" ? null : problem;
}

/** Arguments may be given again, but may not ask for something else under the same id. */
function repeatRequest(
  kept: StartRequest,
  { media, on = [], erase = [], policy }: Start,
): Result<StartRequest> {
  const name = media?.split("@")[0] ?? kept.mediaName;
  const places = kept.targets.map(({ agent, bay }) => (bay === "" ? agent : `${agent}/${bay}`));
  const isSame =
    on.length === 0 || (on.length === places.length && on.every((text) => places.includes(text)));
  const isTyped = erase.every((serial) => kept.eraseSerials.includes(serial));
  const isAlike = [OPEN_POLICY, kept.policy].some((known) => isDeepStrictEqual(policy, known));
  if (name === kept.mediaName && isSame && isTyped && isAlike) return ok(kept);
  return fail({
    code: "request_id_reused",
    detail: `Cannot repeat request "${kept.requestId}": it was for "${kept.mediaName}" on "${places.join(", ")}", ${renderPolicy(kept.policy)}`,
  });
}

async function sendRequest(
  session: Session,
  controller: Controller,
  { request, watch }: { readonly request: StartRequest; readonly watch: boolean },
): Promise<Result<number>> {
  const response = await controller.call(OperatorServiceService.startBuild, {
    ...request,
    policy: askedPolicyToWire(request.policy),
  });
  if (!response.ok) {
    if (response.problem.code === "controller_unreachable")
      say(
        session,
        `Nobody knows whether the build was started; ask again, it starts nothing twice:\n  stickfarm build start --request-id ${request.requestId}`,
      );
    return response;
  }
  const build = parseBuild(response.value.build);
  if (!build.ok) return build;
  const { buildId, jobs } = build.value;
  const again = response.value.repeatedRequest
    ? " had been started by this request before"
    : " has begun";
  say(
    session,
    `Build ${buildId}${again}: ${countDrives(jobs.length)}, request ${request.requestId}`,
  );
  if (watch) return watchBuilds(session, controller, [buildId]);
  const { requestId } = request;
  const { repeatedRequest } = response.value;
  const answered = { buildId, requestId, repeatedRequest, build: build.value };
  writeAnswer(session, answered, () => `${buildId}\n`);
  return ok(0);
}

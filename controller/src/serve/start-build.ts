import { createHash } from "node:crypto";
import { describeOrder, type LoggedOrder } from "@stickfarm/common/build/logged-order";
import { type AskedPolicy, OPEN_POLICY } from "@stickfarm/common/build/write-policy";
import { renderCanonicalJson } from "@stickfarm/common/canonical-json";
import type { Identity } from "@stickfarm/common/identity";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { askedPolicyFromWire } from "@stickfarm/common/wire/write-policy";
import type { StartBuildRequest } from "@stickfarm/proto/stickfarm/v1/operator";
import type { PlannedDrive } from "../schedule/plan-targets.ts";
import { whyNotStarted } from "../schedule/why-not-started.ts";
import type { BuildEntry, BuildSources } from "../store/build-entries.ts";
import type { NewJob } from "../store/insert-build.ts";
import type { CompiledMedia } from "./compile-revision.ts";
import type { Farm } from "./farm.ts";
import { type MediaPlan, planMedia } from "./plan-media.ts";
import { storeManifest } from "./store-manifest.ts";

const REQUEST_ID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

type Started = { readonly build: BuildEntry; readonly repeated: boolean };

/**
 * Start a build of exactly what was planned. A request id that was answered before gets the same answer, whatever has
 * changed since.
 *
 * Problems: usage, request_id_reused, those of planMedia, plan_changed, drive_refused, serial_shared, role_missing,
 * drive_busy.
 */
export async function startBuild(
  farm: Farm,
  request: StartBuildRequest,
  caller: Identity,
): Promise<Result<Started>> {
  const { requestId } = request;
  if (!REQUEST_ID.test(requestId))
    return fail({
      code: "usage",
      detail: `Cannot start a build: request id "${requestId}" is no ULID`,
    });
  const policy = askedPolicyFromWire(request.policy);
  if (policy === null)
    return fail({
      code: "usage",
      detail: "Cannot start a build: its way of writing is not known here",
    });
  const requestHash = hashRequest(request, policy);
  const repeated = await findRepeated(farm, requestId, requestHash);
  if (repeated !== null) return repeated;
  const plan = await planMedia(farm, request);
  if (!plan.ok) return plan;
  const problem = whyNotStarted(plan.value, request, caller);
  if (problem !== null) return fail(problem);
  const manifest = await storeManifest(farm, plan.value.compiled);
  if (!manifest.ok) return manifest;
  const started = await farm.store.builds.start(
    {
      buildId: farm.newId(),
      requestId,
      requestHash,
      mediaName: plan.value.revision.name,
      mediaRevision: plan.value.revision.revision,
      ...manifest.value,
      imageSha256: plan.value.compiled.imageSha256,
      sources: sourcesOf(plan.value.compiled),
      policy,
      createdAtMs: farm.nowMs(),
      endedAtMs: null,
      cancelRequested: false,
    },
    plan.value.drives.map((planned) => ({ jobId: farm.newId(), ...consentTo(planned, caller) })),
    logOrder(plan.value, { manifestSha256: manifest.value.manifestSha256, policy }),
  );
  if (started.ok && !started.value.repeated) {
    farm.log.info(
      { buildId: started.value.build.buildId, jobs: plan.value.drives.length },
      "build started",
    );
    farm.changed.raise();
  }
  return started;
}

/** Every question of the plan was answered. */
function consentTo(
  { agent, drive }: PlannedDrive,
  { name: operator }: Identity,
): Omit<NewJob, "jobId"> {
  const { driveId, bay, serial, sizeBytes, insertion, asks } = drive;
  const overrides = asks.map(({ code }) => code);
  return {
    agent,
    consent: { driveId, bay, serial, sizeBytes, insertion, overrides },
    typed: asks.length === 0 ? null : { operator, asks },
  };
}

function sourcesOf({ definition, made }: CompiledMedia): BuildSources {
  return { points: definition.spec.distributionPoints, made };
}

function logOrder(
  { revision, compiled }: MediaPlan,
  made: Pick<BuildEntry, "manifestSha256" | "policy">,
): LoggedOrder {
  const { name, revision: number, digest } = revision;
  const { definition, library, certificate } = compiled;
  const media = { name, revision: number, digest };
  return describeOrder({ media, definition, library, certificate, ...made });
}

async function findRepeated(
  farm: Farm,
  requestId: string,
  requestHash: string,
): Promise<Result<Started> | null> {
  const build = await farm.store.builds.findByRequest(requestId);
  if (build === null) return null;
  if (build.requestHash === requestHash) return ok({ build, repeated: true });
  return fail({
    code: "request_id_reused",
    detail: `Cannot start a build with request id "${requestId}": it started build "${build.buildId}" with other values`,
  });
}

/** What was asked before anything could be asked of the writing has the hash that it had then. */
function hashRequest(
  { mediaName, revision, targets, eraseSerials }: StartBuildRequest,
  policy: AskedPolicy,
): string {
  const asked = renderCanonicalJson(policy) === renderCanonicalJson(OPEN_POLICY) ? {} : { policy };
  const erased = eraseSerials.length === 0 ? {} : { eraseSerials };
  return createHash("sha256")
    .update(renderCanonicalJson({ mediaName, revision, targets, ...asked, ...erased }))
    .digest("hex");
}

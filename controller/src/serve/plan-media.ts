import { createHash } from "node:crypto";
import { renderCanonicalJson } from "@stickfarm/common/canonical-json";
import { requiredDriveBytes } from "@stickfarm/common/layout/required-drive-bytes";
import { largestStampFiles } from "@stickfarm/common/media/stamp-files";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { driveToWire } from "@stickfarm/common/wire/drive";
import { problemToWire } from "@stickfarm/common/wire/problem";
import type { PlanRequest, PlanResponse } from "@stickfarm/proto/stickfarm/v1/operator";
import {
  bayKey,
  driveKey,
  type Field,
  type PlannedDrive,
  planTargets,
} from "../schedule/plan-targets.ts";
import type { Revision } from "../store/definitions-store.ts";
import { type CompiledMedia, compileRevision } from "./compile-revision.ts";
import type { Farm } from "./farm.ts";
import { summariseRevision } from "./view-build.ts";

export type MediaPlan = {
  readonly revision: Revision;
  readonly compiled: CompiledMedia;
  readonly requiredBytes: number;
  readonly drives: readonly PlannedDrive[];
  /** SHA-256 over the revision and the drives as they are now, with what is asked for them: consent to exactly this. */
  readonly planDigest: string;
};

/**
 * Compile a revision and look at the drives that it would go to. Changes nothing.
 *
 * Problems: media_unknown, those of compileRevision, those of requiredDriveBytes, those of planTargets.
 */
export async function planMedia(
  farm: Farm,
  request: Pick<PlanRequest, "mediaName" | "revision" | "targets">,
): Promise<Result<MediaPlan>> {
  const revision = await farm.store.definitions.find(request.mediaName, request.revision);
  if (revision === null) return fail(mediaUnknown(request.mediaName, request.revision));
  const compiled = await compileRevision(farm, revision, "stick");
  if (!compiled.ok) return compiled;
  const stamps = largestStampFiles(compiled.value.manifestBytes);
  const required = requiredDriveBytes(compiled.value.manifest.body, stamps);
  if (!required.ok) return required;
  const targets = request.targets.map(({ agent, bay }) => ({
    agent,
    bay: bay === "" ? null : bay,
  }));
  const drives = planTargets(await readField(farm), targets, required.value);
  if (!drives.ok) return drives;
  return ok({
    revision,
    compiled: compiled.value,
    requiredBytes: required.value,
    drives: drives.value,
    planDigest: digestPlan(revision, drives.value),
  });
}

export function mediaUnknown(name: string, revision: number) {
  const which = revision === 0 ? `"${name}"` : `"${name}@${revision}"`;
  return { code: "media_unknown", detail: `Cannot find media definition ${which}` } as const;
}

export function viewPlan(plan: MediaPlan): PlanResponse {
  return {
    media: summariseRevision(plan.revision),
    requiredBytes: plan.requiredBytes,
    drives: plan.drives.map(({ agent, drive, label, refusals }) => ({
      agent,
      label,
      drive: driveToWire(drive),
      refusals: refusals.map(problemToWire),
    })),
    planDigest: plan.planDigest,
    warnings: [...plan.compiled.warnings],
  };
}

async function readField(farm: Farm): Promise<Field> {
  const agents = await farm.store.agents.list();
  const holders = new Map<string, string>();
  for (const { agent, consent, buildId } of await farm.store.builds.openJobs())
    holders.set(driveKey(agent, consent.driveId), buildId);
  const labels = await farm.store.labels.list();
  return {
    agents: agents.map(({ name }) => ({ name, drives: farm.sessions.find(name)?.drives ?? null })),
    holders,
    labels: new Map(labels.map(({ agent, bay, label }) => [bayKey(agent, bay), label])),
  };
}

/** For a plan of the same revision on the same drives with the same questions, and for no other. */
export function digestPlan(
  revision: Pick<Revision, "name" | "revision" | "digest">,
  drives: readonly PlannedDrive[],
): string {
  const consents = drives.map(({ agent, drive }) => {
    const { driveId, bay, serial, sizeBytes, insertion, asks } = drive;
    return { agent, driveId, bay, serial, sizeBytes, insertion, asks };
  });
  const { name, digest } = revision;
  return createHash("sha256")
    .update(renderCanonicalJson({ name, revision: revision.revision, digest, consents }))
    .digest("hex");
}

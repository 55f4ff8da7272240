import { nameToType } from "@stickfarm/common/drive/ask-serial";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { Drive, Problem } from "@stickfarm/proto/stickfarm/v1/agent";
import type { Finding, PlanResponse } from "@stickfarm/proto/stickfarm/v1/operator";

/** What a build would erase, as the CLI shows it and as `-o json` prints it. */
export type PlanPicture = {
  readonly media: { readonly name: string; readonly revision: number; readonly digest: string };
  /** Smallest drive that holds the content, bytes. */
  readonly requiredBytes: number;
  /** Consent to exactly this plan. */
  readonly planDigest: string;
  readonly drives: readonly PlannedDrivePicture[];
  readonly warnings: readonly Finding[];
};

export type PlannedDrivePicture = {
  readonly agent: string;
  /** What people call the bay; empty when they do not. */
  readonly label: string;
  readonly drive: Omit<Drive, "refusals">;
  /** Empty: would be erased and written. */
  readonly refusals: readonly Problem[];
  /** What to give --erase: a yes alone does not erase this drive, for what `drive.asks` says; else null. */
  readonly erase: string | null;
};

/** Problems: protocol_unsupported for a plan without its media or with a drive that is not described. */
export function parsePlan(response: PlanResponse): Result<PlanPicture> {
  const { media, requiredBytes, planDigest, warnings } = response;
  const drives: PlannedDrivePicture[] = [];
  for (const { agent, label, drive: wire, refusals } of response.drives) {
    if (wire === undefined) return incomplete(`a drive of agent "${agent}" is not described`);
    const { refusals: _, ...drive } = wire;
    const erase = drive.asks.length === 0 ? null : nameToType(drive);
    drives.push({ agent, label, drive, refusals, erase });
  }
  if (media === undefined) return incomplete("its media is missing");
  const { name, revision, digest } = media;
  return ok({ media: { name, revision, digest }, requiredBytes, planDigest, drives, warnings });
}

function incomplete(what: string): Result<never> {
  return fail({ code: "protocol_unsupported", detail: `Cannot show the plan: ${what}` });
}

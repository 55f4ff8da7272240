import { whyUnanswered } from "@stickfarm/common/drive/answer-asks";
import type { Identity } from "@stickfarm/common/identity";
import type { Problem } from "@stickfarm/common/problem";
import { requireGrant } from "@stickfarm/common/require-grant";
import type { PlannedDrive } from "./plan-targets.ts";

/** What somebody says yes to. */
export type StartAsked = {
  readonly planDigest: string;
  /** Serials that were typed for drives that a yes alone does not erase. */
  readonly eraseSerials: readonly string[];
};

/**
 * Why nothing is started: the plan as it is now is not what was consented to, or that consent is not enough. Who asks may be
 * any program with an operator's certificate, so that nothing counts which it has, or should have, looked at before.
 *
 * Problems: plan_changed, drive_refused, usage, serial_shared, role_missing.
 */
export function whyNotStarted(
  plan: { readonly planDigest: string; readonly drives: readonly PlannedDrive[] },
  { planDigest, eraseSerials }: StartAsked,
  caller: Identity,
): Problem | null {
  if (plan.planDigest !== planDigest)
    return {
      code: "plan_changed",
      detail: `Cannot start the build: the plan that was consented to is "${planDigest.slice(0, 12)}", it is now "${plan.planDigest.slice(0, 12)}"`,
    };
  const refused = plan.drives.filter(({ refusals }) => refusals.length > 0);
  if (refused.length === 0) return whyNotTyped(plan.drives, eraseSerials, caller);
  const details = refused.flatMap(({ refusals }) => refusals.map(({ detail }) => detail));
  return {
    code: "drive_refused",
    detail: `Cannot start the build: ${refused.length} of ${plan.drives.length} drives are refused: ${details.join("; ")}`,
  };
}

function whyNotTyped(
  drives: readonly PlannedDrive[],
  typed: readonly string[],
  caller: Identity,
): Problem | null {
  const unanswered = whyUnanswered(drives, typed);
  if (unanswered !== null || typed.length === 0) return unanswered;
  const what = `Cannot erase ${typed.map((name) => `"${name}"`).join(", ")} by a typed serial`;
  const granted = requireGrant(caller, "drive-admin", what);
  return granted.ok ? null : granted.problem;
}

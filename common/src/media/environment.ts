import { invariant } from "../invariant.ts";
import type { BootableMedia, Management, Medium, Variable } from "./definition.ts";
import { joinManagementPoints } from "./environment-limits.ts";
import { AFFINITY_MODES } from "./rules/check-security.ts";
import type { StoredTaskSequence } from "./task-sequence.ts";

/**
 * The task sequence environment that media start with: what the options of the definition become as variables, then the
 * operator's own, each name once.
 *
 * | variable | from | why |
 * |---|---|---|
 * | `SMSTSLocationMPs` | management, mode dynamic | all points in order of first contact, joined by `*` |
 * | `SMSTSMP` | management, mode siteBased | the one point; never both of these two |
 * | `_SMSTSSiteCode` | management.siteCode | |
 * | `_SMSTSLaunchMode` | the medium | `UFD+FORMAT`: a stick is made from nothing; `CD` on discs of either size |
 * | `_StickfarmUnknownComputers` | security.unknownComputers | ours: the reference writes ids of a site's records, which no definition knows |
 * | `SMSTSAssignUsersMode` | security.userDeviceAffinity | the two must be equal, or no affinity is set; the operator's own variable stands when there is one |
 * | `SMSTSPreferredAdvertID` | the task sequence's preferredDeployment | starts that deployment without a question |
 * | the operator's | customization.variables | in order; what is empty is asked at boot and flagged `ask` |
 *
 * Where it lies: with a media password the whole of it, values and all, in /stickfarm/settings.sealed, and
 * /stickfarm/media.json has the names alone; without one in /stickfarm/media.json, where anyone can read it. What must
 * be known before the password is asked (unattended, label, boot image, files) lies in media.json always.
 *
 * Source: configmgr.md part 2.3 (`/X:`), 3.2 and 5.2.
 */
export function environmentOf(
  { spec }: BootableMedia,
  taskSequence: StoredTaskSequence | null,
  medium: Medium,
): readonly Variable[] {
  const { management, security, variables } = spec;
  const own = new Set(variables.map(({ name }) => name.toLowerCase()));
  const affinity = {
    name: "SMSTSAssignUsersMode",
    value: AFFINITY_MODES[security.userDeviceAffinity],
  };
  const deployment = taskSequence?.preferredDeployment ?? null;
  const fixed = [
    ...(management === null ? [] : contactsOf(management)),
    { name: "_SMSTSLaunchMode", value: LAUNCH_MODES[medium] },
    { name: "_StickfarmUnknownComputers", value: String(security.unknownComputers) },
    ...(own.has(affinity.name.toLowerCase()) ? [] : [affinity]),
    ...(deployment === null ? [] : [{ name: "SMSTSPreferredAdvertID", value: deployment }]),
  ];
  return [...fixed.map((variable) => ({ kind: "plain", ...variable }) as const), ...variables];
}

const LAUNCH_MODES: Readonly<Record<Medium, string>> = { stick: "UFD+FORMAT", disc: "CD" };

function contactsOf({ mode, siteCode, managementPoints }: Management) {
  const site = siteCode === null ? [] : [{ name: "_SMSTSSiteCode", value: siteCode }];
  if (mode === "dynamic") {
    return [{ name: "SMSTSLocationMPs", value: joinManagementPoints(managementPoints) }, ...site];
  }
  const [point] = managementPoints;
  invariant(
    point !== undefined,
    "site-based media that passed the rules have one management point",
  );
  return [{ name: "SMSTSMP", value: point }, ...site];
}

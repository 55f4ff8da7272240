import { renderBytes } from "@stickfarm/common/bytes";
import type { Drive } from "@stickfarm/common/drive/drive";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";

/** Where the operator wants sticks: an agent, and a bay of it or all. */
export type Target = { readonly agent: string; readonly bay: string | null };

export type Field = {
  /** Every enrolled agent. */
  readonly agents: readonly FieldAgent[];
  /** Build that holds a drive, by `driveKey`. */
  readonly holders: ReadonlyMap<string, string>;
  /** What people call the bays, by `bayKey`. */
  readonly labels: ReadonlyMap<string, string>;
};

export type FieldAgent = {
  readonly name: string;
  /** null: not connected now. */
  readonly drives: readonly Drive[] | null;
};

export type PlannedDrive = {
  readonly agent: string;
  readonly drive: Drive;
  /** What people call its bay; may be empty. */
  readonly label: string;
  /** Empty: would be erased and written. */
  readonly refusals: readonly Problem[];
};

export function bayKey(agent: string, bay: string): string {
  return `${agent}/${bay}`;
}

export function driveKey(agent: string, driveId: string): string {
  return `${agent}/${driveId}`;
}

/**
 * Which drives a build would erase, and which it would not and why. Each drive once, in the order of the targets.
 *
 * Units:    bytes; `requiredBytes` is the smallest drive that holds the content.
 * Problems: usage (no target), agent_unknown, drive_unknown (the agent is away, or has no such bay).
 */
export function planTargets(
  field: Field,
  targets: readonly Target[],
  requiredBytes: number,
): Result<readonly PlannedDrive[]> {
  if (targets.length === 0)
    return fail({
      code: "usage",
      detail: "Cannot plan: no drive is named, give at least one --on AGENT[/BAY]",
    });
  const planned = new Map<string, PlannedDrive>();
  for (const target of targets) {
    const drives = findDrives(field, target);
    if (!drives.ok) return drives;
    for (const drive of drives.value) {
      const key = driveKey(target.agent, drive.driveId);
      const refusals = whyRefused(drive, requiredBytes, field.holders.get(key));
      const label = field.labels.get(bayKey(target.agent, drive.bay)) ?? "";
      planned.set(key, { agent: target.agent, drive, label, refusals });
    }
  }
  return ok([...planned.values()]);
}

/** A bay's own name counts before a label. */
function findDrives(field: Field, { agent, bay }: Target): Result<readonly Drive[]> {
  const known = field.agents.find(({ name }) => name === agent);
  if (known === undefined)
    return fail({
      code: "agent_unknown",
      detail: `Cannot plan on agent "${agent}": there is no such agent`,
    });
  if (known.drives === null)
    return fail({
      code: "drive_unknown",
      detail: `Cannot plan on agent "${agent}": it is not connected, so its drives are not known`,
    });
  const named = known.drives.filter((drive) => bay === null || drive.bay === bay);
  const drives =
    named.length > 0
      ? named
      : known.drives.filter((drive) => field.labels.get(bayKey(agent, drive.bay)) === bay);
  if (drives.length > 0) return ok(drives);
  return fail({
    code: "drive_unknown",
    detail:
      bay === null
        ? `Cannot plan on agent "${agent}": it has no drive`
        : `Cannot plan on bay "${agent}/${bay}": there is no drive, "${agent}" has bays ${known.drives.map((drive) => `"${drive.bay}"`).join(", ")}`,
  });
}

function whyRefused(drive: Drive, requiredBytes: number, holder: string | undefined): Problem[] {
  const refusals: Problem[] = [...drive.refusals];
  if (drive.sizeBytes < requiredBytes)
    refusals.push({
      code: "drive_too_small",
      detail: `Cannot use drive "${drive.serial}": it has ${drive.sizeBytes} bytes (${renderBytes(drive.sizeBytes)}), the content needs ${requiredBytes} bytes (${renderBytes(requiredBytes)})`,
    });
  if (holder !== undefined)
    refusals.push({
      code: "drive_busy",
      detail: `Cannot use drive "${drive.serial}": build "${holder}" holds it`,
    });
  return refusals;
}

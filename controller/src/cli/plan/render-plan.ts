import { renderBytes } from "@stickfarm/common/bytes";
import { describeContents } from "@stickfarm/common/drive/describe-contents";
import type { Problem } from "@stickfarm/common/problem";
import { sanitizeText } from "@stickfarm/common/sanitize-text";
import { contentsFromWire } from "@stickfarm/common/wire/contents";
import pc from "picocolors";
import type { PlannedDrivePicture, PlanPicture } from "../connect/plan-picture.ts";
import { renderFindings } from "../media/render-findings.ts";
import { type Column, renderTable } from "../output/render-table.ts";

const COLUMNS: readonly Column<PlannedDrivePicture>[] = [
  { head: "AGENT", cell: ({ agent }) => agent },
  { head: "BAY", cell: ({ drive }) => drive.bay },
  { head: "LABEL", cell: ({ label }) => label, optional: true },
  { head: "SERIAL", cell: ({ drive }) => drive.serial },
  { head: "MODEL", cell: ({ drive }) => `${drive.vendor} ${drive.model}`.trim() },
  { head: "SIZE", cell: ({ drive }) => renderBytes(drive.sizeBytes), align: "right" },
  {
    head: "HOLDS",
    cell: ({ drive }) => describeContents(contentsFromWire(drive.contents)),
    optional: true,
  },
  { head: "VERDICT", cell: renderVerdict },
];

/** What a build would do, for the person who says yes to it: each drive, and below them every reason against one. */
export function renderPlan(plan: PlanPicture, { color }: { readonly color: boolean }): string {
  const { media, requiredBytes, drives, warnings } = plan;
  const { red } = pc.createColors(color);
  const reasons = drives.flatMap(({ agent, drive, refusals }) =>
    refusals.flatMap(({ code, detail, remedy }) => [
      `${red("refused")} ${sanitizeText(`${agent}/${drive.bay}: ${detail} [${code}]`)}\n`,
      `    ${sanitizeText(remedy)}\n`,
    ]),
  );
  return [
    `${sanitizeText(media.name)}@${media.revision} needs drives of at least ${renderBytes(requiredBytes)}\n\n`,
    renderTable(drives, COLUMNS, { color }),
    reasons.length === 0 ? "" : `\n${reasons.join("")}`,
    warnings.length === 0 ? "" : `\n${renderFindings(media.name, warnings, { color })}`,
    `\n${countVerdicts(plan)}\n`,
  ].join("");
}

/** Why this plan cannot be built as it is: a drive that was named is refused, or there is none. */
export function whyNotBuildable({ media, drives }: PlanPicture): Problem | null {
  const name = `${media.name}@${media.revision}`;
  const refused = drives.filter(({ refusals }) => refusals.length > 0);
  if (drives.length === 0)
    return {
      code: "drive_refused",
      detail: `Cannot build "${name}": no drive is where --on points`,
    };
  if (refused.length === 0) return null;
  const places = refused.map(({ agent, drive }) => `${agent}/${drive.bay}`).join(", ");
  return {
    code: "drive_refused",
    detail: `Cannot build "${name}": ${refused.length} of ${countDrives(drives.length)} refused (${places})`,
  };
}

export function countDrives(count: number): string {
  return count === 1 ? "1 drive" : `${count} drives`;
}

function countVerdicts({ drives }: PlanPicture): string {
  const refused = drives.filter(({ refusals }) => refusals.length > 0).length;
  const erased = `${countDrives(drives.length - refused)} would be erased`;
  return refused === 0 ? erased : `${erased}, ${countDrives(refused)} refused`;
}

function renderVerdict({ refusals }: PlannedDrivePicture): string {
  if (refusals.length === 0) return "will be erased";
  return `refused: ${refusals.map(({ code }) => code).join(", ")}`;
}

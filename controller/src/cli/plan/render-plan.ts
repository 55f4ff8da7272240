import { renderBytes } from "@stickfarm/common/bytes";
import { describeContents } from "@stickfarm/common/drive/describe-contents";
import type { Problem } from "@stickfarm/common/problem";
import { sanitizeText } from "@stickfarm/common/sanitize-text";
import { contentsFromWire } from "@stickfarm/common/wire/contents";
import pc from "picocolors";
import type { PlannedDrivePicture, PlanPicture } from "../connect/plan-picture.ts";
import { renderFindings } from "../media/render-findings.ts";
import { type Column, renderTable } from "../output/render-table.ts";
import { shellWord } from "../output/shell-word.ts";

const columnsFor = (typed: readonly string[]): readonly Column<PlannedDrivePicture>[] => [
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
  { head: "VERDICT", cell: (planned) => renderVerdict(planned, typed) },
];

/** What a build would do, for the person who says yes to it: each drive, and below them every reason against one. */
export function renderPlan(
  plan: PlanPicture,
  { color, typed }: { readonly color: boolean; readonly typed: readonly string[] },
): string {
  const { media, requiredBytes, drives, warnings } = plan;
  const { red, yellow } = pc.createColors(color);
  const reasons = drives.flatMap(({ agent, drive, refusals }) =>
    refusals.flatMap(({ code, detail, remedy }) => [
      `${red("refused")} ${sanitizeText(`${agent}/${drive.bay}: ${detail} [${code}]`)}\n`,
      `    ${sanitizeText(remedy)}\n`,
    ]),
  );
  const asks = drives
    .filter((planned) => isOpen(planned, typed))
    .flatMap(({ agent, drive, erase }) => [
      ...drive.asks.map(
        ({ detail, code }) =>
          `${yellow("asked")} ${sanitizeText(`${agent}/${drive.bay}: ${detail} [${code}]`)}\n`,
      ),
      `    ${sanitizeText(`When nobody needs what it holds: --erase ${shellWord(erase ?? "")}`)}\n`,
    ]);
  const below = [...reasons, ...asks];
  return [
    `${sanitizeText(media.name)}@${media.revision} needs drives of at least ${renderBytes(requiredBytes)}\n\n`,
    renderTable(drives, columnsFor(typed), { color }),
    below.length === 0 ? "" : `\n${below.join("")}`,
    warnings.length === 0 ? "" : `\n${renderFindings(media.name, warnings, { color })}`,
    `\n${countVerdicts(plan, typed)}\n`,
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

function countVerdicts({ drives }: PlanPicture, typed: readonly string[]): string {
  const refused = drives.filter(({ refusals }) => refusals.length > 0).length;
  const open = drives.filter((planned) => isOpen(planned, typed)).length;
  return [
    `${countDrives(drives.length - refused - open)} would be erased`,
    ...(open === 0 ? [] : [`${countDrives(open)} only by serial`]),
    ...(refused === 0 ? [] : [`${countDrives(refused)} refused`]),
  ].join(", ");
}

function renderVerdict(planned: PlannedDrivePicture, typed: readonly string[]): string {
  const { refusals, drive } = planned;
  if (refusals.length > 0) return `refused: ${refusals.map(({ code }) => code).join(", ")}`;
  if (!isOpen(planned, typed)) return "will be erased";
  return `only by serial: ${drive.asks.map(({ code }) => code).join(", ")}`;
}

/** It waits for its serial; one that is refused waits for more than that. */
function isOpen({ refusals, erase }: PlannedDrivePicture, typed: readonly string[]): boolean {
  return refusals.length === 0 && erase !== null && !typed.includes(erase);
}

import { renderBytes } from "@stickfarm/common/bytes";
import { sanitizeText } from "@stickfarm/common/sanitize-text";
import type { Drive, DriveFacts, UsbPlace } from "@stickfarm/proto/stickfarm/v1/agent";
import { renderFields } from "../output/render-fields.ts";
import type { FoundDrive } from "./find-drive.ts";

/** All that is known of one drive, for a person: a fact a line, and below them every reason against it. */
export function renderDrive({ agent, drive, state, jobId }: FoundDrive): string {
  const fields = renderFields([
    ["Bay", `${agent}/${drive.bay}`],
    ["State", jobId === "" ? state : `${state}, job ${jobId}`],
    ["Serial", drive.serial],
    ["Vendor", drive.vendor],
    ["Model", drive.model],
    ["Size", `${renderBytes(drive.sizeBytes)} (${drive.sizeBytes} bytes)`],
    ["Logical block", `${drive.logicalBlockBytes} bytes`],
    ["Drive id", drive.driveId],
    ["Insertion", drive.insertion],
    ["Transport", drive.transport],
    ...describeFacts(drive.facts),
  ]);
  return `${fields}${renderReasons(drive)}`;
}

/** "480 Mbit/s", "5 Gbit/s"; empty when it is not known. */
export function renderLinkSpeed(usb: UsbPlace | undefined): string {
  const megabits = usb?.megabitsPerSecond ?? 0;
  if (megabits === 0) return "";
  return megabits < 1000 ? `${megabits} Mbit/s` : `${megabits / 1000} Gbit/s`;
}

function describeFacts(facts: DriveFacts | undefined): readonly (readonly [string, string])[] {
  if (facts === undefined) return [];
  const { usb } = facts;
  return [
    ["Identity", IDENTITIES[facts.identity] ?? ""],
    ["USB id", usb === undefined ? "" : `${usb.vendorId}:${usb.productId}`],
    ["USB port", usb?.portPath ?? ""],
    ["USB slot", usb === undefined || usb.lun === 0 ? "" : `${usb.lun}`],
    ["USB speed", renderLinkSpeed(usb)],
    ["USB interfaces", usb?.interfaceClasses.join(", ") ?? ""],
    ["Write-protected", facts.isReadOnly ? "yes" : "no"],
    ["Mounted at", facts.mountPoints.join(", ")],
    ["Carries", facts.holders.join(", ")],
  ];
}

const IDENTITIES: Readonly<Record<string, string>> = {
  strong: "strong: by its own serial",
  weak: "weak: by its port; another drive after each insertion",
};

function renderReasons({ refusals }: Drive): string {
  if (refusals.length === 0) return "";
  const lines = refusals.map(
    ({ code, detail, remedy }) =>
      `refused ${sanitizeText(`${detail} [${code}]`)}\n    ${sanitizeText(remedy)}\n`,
  );
  return `\n${lines.join("")}`;
}

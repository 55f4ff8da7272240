import { renderBytes } from "@stickfarm/common/bytes";
import type { DriveContents, SeenPassport } from "@stickfarm/common/drive/contents";
import { describeVolume } from "@stickfarm/common/drive/describe-contents";
import { sanitizeText } from "@stickfarm/common/sanitize-text";
import { contentsFromWire } from "@stickfarm/common/wire/contents";
import type { Drive, DriveFacts, Problem, UsbPlace } from "@stickfarm/proto/stickfarm/v1/agent";
import { renderFields, renderTime } from "../output/render-fields.ts";
import type { FoundDrive } from "./find-drive.ts";

/** All that is known of one drive, for a person: a fact a line, and below them every reason against it. */
export function renderDrive({ agent, drive, label, state, jobId }: FoundDrive): string {
  const fields = renderFields([
    ["Bay", `${agent}/${drive.bay}`],
    ["Label", label],
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
    ...listContents(contentsFromWire(drive.contents)),
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

function listContents(contents: DriveContents): readonly (readonly [string, string])[] {
  if (contents.kind === "unseen") return [];
  if (contents.kind === "unreadable") return [["Contents", `unreadable: ${contents.why}`]];
  const { table, volumes, passport } = contents;
  return [
    ["Partition table", table],
    ...volumes.map((volume): readonly [string, string] => [
      volume.partition === 0 ? "Whole drive" : `Partition ${volume.partition}`,
      `${describeVolume(volume)}, ${renderBytes(volume.sizeBytes)}`,
    ]),
    ...(passport === null ? [] : listPassport(passport)),
  ];
}

function listPassport(passport: SeenPassport): readonly (readonly [string, string])[] {
  const { media, buildId, orderedAtMs, isSealed } = passport;
  return [
    ["Media", media === null ? "" : `${media.name}@${media.revision}`],
    ["Build", buildId],
    ["Ordered", renderTime(orderedAtMs)],
    ["Sealed", isSealed ? "yes" : "never: it does not boot"],
  ];
}

function renderReasons({ refusals, asks }: Drive): string {
  const lines = [...refusals.map(renderReason("refused")), ...asks.map(renderReason("asked"))];
  return lines.length === 0 ? "" : `\n${lines.join("")}`;
}

function renderReason(word: string): (problem: Problem) => string {
  return ({ code, detail, remedy }) =>
    `${word} ${sanitizeText(`${detail} [${code}]`)}\n    ${sanitizeText(remedy)}\n`;
}

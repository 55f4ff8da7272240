import type {
  BuildLogEvent,
  BuildLogLine,
  JobTurn,
  LoggedDrive,
} from "@stickfarm/common/build/build-log";
import { describeRepairs } from "@stickfarm/common/build/describe-repairs";
import type { Evidence } from "@stickfarm/common/build/evidence";
import type { AttemptOutcome } from "@stickfarm/common/build/job-state";
import type { LoggedOrder, LoggedVariable } from "@stickfarm/common/build/logged-order";
import { renderBytes } from "@stickfarm/common/bytes";
import { renderElapsed } from "@stickfarm/common/durations";
import type { Problem } from "@stickfarm/common/problem";
import { sanitizeText } from "@stickfarm/common/sanitize-text";
import { renderTime } from "../output/render-fields.ts";
import { renderPolicy } from "../view/render-policy.ts";

/** One line of a build's log for a person; what was ordered takes a line for each input below it. */
export function renderLogLine({ atMs, event }: BuildLogLine): string {
  const [first, ...below] = describe(event);
  const head = `${new Date(atMs).toISOString()}  ${sanitizeText(first ?? "")}\n`;
  return head + below.map((text) => `    ${sanitizeText(text)}\n`).join("");
}

function describe(event: BuildLogEvent): readonly string[] {
  switch (event.kind) {
    case "ordered":
      return describeOrder(event.order, event.drives);
    case "job":
      return [`${describeDrive(event.drive)}: ${describeTurn(event.turn)}`];
    case "cancelAsked":
      return ["cancel was asked for"];
    case "ended":
      return [`build ${event.state}`];
  }
}

function describeOrder(order: LoggedOrder, drives: readonly LoggedDrive[]): readonly string[] {
  const { media, label, bootImage, taskSequence, prestart, certificate } = order;
  const lines: readonly (readonly [string, string | null])[] = [
    ["revision", media.digest],
    ["manifest", order.manifestSha256],
    ["label", label],
    ["boot image", bootImage],
    ["task sequence", taskSequence],
    ...order.contents.map(({ name, digest }) => ["content", `${name}  ${digest}`] as const),
    ["distribution points", order.distributionPoints.join(", ")],
    ["writing", order.policy === null ? null : renderPolicy(order.policy)],
    ["prestart command", prestart?.command ?? null],
    ["prestart package", prestart?.package ?? null],
    ["certificate", certificate === null ? null : describeCertificate(certificate)],
    ...order.variables.map((variable) => ["variable", describeVariable(variable)] as const),
    ...drives.map((drive) => ["drive", describeDrive(drive)] as const),
  ];
  const shown = lines.filter(([, value]) => value !== null);
  return [
    `ordered ${media.name}@${media.revision}`,
    ...shown.map(([name, value]) => `${name}: ${value}`),
  ];
}

function describeCertificate(certificate: NonNullable<LoggedOrder["certificate"]>): string {
  const { kind, subject, thumbprint, notAfterMs } = certificate;
  return `${subject}, ${kind}, thumbprint ${thumbprint}, until ${renderTime(notAfterMs)}`;
}

function describeVariable(variable: LoggedVariable): string {
  switch (variable.kind) {
    case "plain":
      return `${variable.name} = ${JSON.stringify(variable.value)}`;
    case "ask":
      return `${variable.name} is asked at boot`;
    case "secret":
      return `${variable.name} = ***`;
  }
}

function describeDrive({ agent, bay, serial }: LoggedDrive): string {
  return `${agent}/${bay} ${serial}`;
}

function describeTurn(turn: JobTurn): string {
  switch (turn.kind) {
    case "serialTyped":
      return `operator "${turn.operator}" typed its serial: ${turn.asks.map(describeProblem).join("; ")}`;
    case "assigned":
      return `attempt ${turn.attempt} assigned, fence ${turn.fence}${turn.policy === null ? "" : `; ${renderPolicy(turn.policy)}`}`;
    case "leaseGranted":
      return `attempt ${turn.attempt} may erase the stick`;
    case "phase":
      return `attempt ${turn.attempt} reached ${turn.phase}`;
    case "warned":
      return `attempt ${turn.attempt} warns: ${describeProblem(turn.problem)}`;
    case "result":
      return `attempt ${turn.attempt} ${describeOutcome(turn.outcome)}; ${describeEvidence(turn.evidence)}; acknowledged`;
    case "withdrawn":
      return "withdrawn before it began";
    case "refused":
      return `refused: ${describeProblem(turn.problem)}`;
    case "retried":
      return "retried";
  }
}

function describeProblem({ detail, code }: Problem): string {
  return `${detail} [${code}]`;
}

function describeOutcome(outcome: AttemptOutcome): string {
  if (outcome.kind === "succeeded") return `succeeded, proof ${outcome.proof}, sealed`;
  const stick = outcome.dirty ? ", the stick is dirty" : ", the stick was not touched";
  if (outcome.kind === "canceled") return `canceled${stick}`;
  return `failed${stick}: ${describeProblem(outcome.problem)}`;
}

function describeEvidence(evidence: Evidence): string {
  const { writtenBytes, comparedBytes, verifiedBytes, capacity, totalMs } = evidence;
  const repairs = describeRepairs(evidence);
  const parts = [
    ...(capacity === "none" ? [] : [`capacity check ${capacity}`]),
    `wrote ${renderBytes(writtenBytes)}`,
    ...(comparedBytes === 0 ? [] : [`found ${renderBytes(comparedBytes)} as it shall be`]),
    `verified ${renderBytes(verifiedBytes)} in ${renderElapsed(totalMs)}`,
    ...(repairs === null ? [] : [repairs]),
  ];
  return parts.join(", ");
}

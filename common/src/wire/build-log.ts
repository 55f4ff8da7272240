import type {
  BuildLogLine as WireLine,
  LoggedOrder as WireOrder,
  LoggedTurn as WireTurn,
} from "@stickfarm/proto/stickfarm/v1/operator";
import type { BuildLogEvent, BuildLogLine, JobTurn, LoggedDrive } from "../build/build-log.ts";
import { BUILD_STATES } from "../build/build-state.ts";
import type { AttemptOutcome } from "../build/job-state.ts";
import type { LoggedOrder, LoggedVariable } from "../build/logged-order.ts";
import { fail, ok, type Result } from "../result.ts";
import { evidenceFromWire, phaseFromWire, phaseToWire } from "./attempt.ts";
import { asksFromWire } from "./drive.ts";
import { problemFromWire, problemToWire } from "./problem.ts";
import { askedPolicyFromWire, askedPolicyToWire, policyFromWire } from "./write-policy.ts";

export function logLineToWire({ number, atMs, event }: BuildLogLine): WireLine {
  return { number, atMs, event: eventToWire(event) };
}

/** Problems: protocol_unsupported, for a line of a newer program. */
export function logLineFromWire(wire: WireLine): Result<BuildLogLine> {
  const event = eventFromWire(wire.event);
  if (event !== null) return ok({ number: wire.number, atMs: wire.atMs, event });
  return fail({
    code: "protocol_unsupported",
    detail: `Cannot read line ${wire.number} of the build's log: this version does not know what happened there`,
  });
}

function eventToWire(event: BuildLogEvent): WireLine["event"] {
  switch (event.kind) {
    case "ordered":
      return { $case: "ordered", value: orderToWire(event.order, event.drives) };
    case "job":
      return { $case: "turn", value: turnToWire(event.drive, event.turn) };
    case "cancelAsked":
      return { $case: "cancelAsked", value: {} };
    case "ended":
      return { $case: "ended", value: { state: event.state } };
  }
}

function eventFromWire(wire: WireLine["event"]): BuildLogEvent | null {
  switch (wire?.$case) {
    case "ordered":
      return orderFromWire(wire.value);
    case "turn": {
      const turn = turnFromWire(wire.value);
      const { drive } = wire.value;
      return turn === null || drive === undefined
        ? null
        : { kind: "job", drive: { ...drive }, turn };
    }
    case "cancelAsked":
      return { kind: "cancelAsked" };
    case "ended": {
      const state = BUILD_STATES.find((known) => known === wire.value.state);
      return state === undefined ? null : { kind: "ended", state };
    }
    case undefined:
      return null;
  }
}

function orderToWire(order: LoggedOrder, drives: readonly LoggedDrive[]): WireOrder {
  const { media, manifestSha256, label, bootImage, taskSequence, prestart } = order;
  return {
    mediaName: media.name,
    mediaRevision: media.revision,
    mediaDigest: media.digest,
    manifestSha256,
    label: label ?? "",
    bootImage: bootImage ?? "",
    taskSequence: taskSequence ?? "",
    prestartCommand: prestart?.command ?? "",
    prestartPackage: prestart?.package ?? "",
    variables: order.variables.map((variable) => ({ value: "", ...variable })),
    certificate: order.certificate === null ? undefined : { ...order.certificate },
    contents: order.contents.map((content) => ({ ...content })),
    distributionPoints: [...order.distributionPoints],
    drives: drives.map((drive) => ({ ...drive })),
    // Rows of earlier versions have none.
    policy: order.policy == null ? undefined : askedPolicyToWire(order.policy),
  };
}

function orderFromWire(wire: WireOrder): BuildLogEvent | null {
  const variables = wire.variables.map(variableFromWire).filter((variable) => variable !== null);
  if (variables.length < wire.variables.length) return null;
  const { mediaName: name, mediaRevision: revision, mediaDigest: digest } = wire;
  const certificate = certificateFromWire(wire.certificate);
  const policy = wire.policy === undefined ? null : askedPolicyFromWire(wire.policy);
  if (certificate === "unknown" || (policy === null && wire.policy !== undefined)) return null;
  const order: LoggedOrder = {
    media: { name, revision, digest },
    manifestSha256: wire.manifestSha256,
    label: wire.label || null,
    bootImage: wire.bootImage || null,
    taskSequence: wire.taskSequence || null,
    prestart:
      wire.prestartCommand === ""
        ? null
        : { command: wire.prestartCommand, package: wire.prestartPackage || null },
    variables,
    certificate,
    contents: wire.contents,
    distributionPoints: wire.distributionPoints,
    policy,
  };
  return { kind: "ordered", order, drives: wire.drives };
}

function certificateFromWire(
  wire: WireOrder["certificate"],
): LoggedOrder["certificate"] | "unknown" {
  if (wire === undefined) return null;
  const { kind, thumbprint, subject, notAfterMs } = wire;
  if (kind !== "selfSigned" && kind !== "pkcs12") return "unknown";
  return { kind, thumbprint, subject, notAfterMs };
}

function variableFromWire(wire: WireOrder["variables"][number]): LoggedVariable | null {
  const { kind, name, value } = wire;
  if (kind === "plain") return { kind, name, value };
  return kind === "ask" || kind === "secret" ? { kind, name } : null;
}

const NOTHING: Omit<WireTurn, "drive" | "kind"> = {
  attempt: 0,
  fence: 0,
  phase: 0,
  problem: undefined,
  dirty: false,
  proof: "",
  evidence: undefined,
  policy: undefined,
  operator: "",
  asks: [],
};

function turnToWire(drive: LoggedDrive, turn: JobTurn): WireTurn {
  const wire: WireTurn = { ...NOTHING, drive: { ...drive }, kind: turn.kind };
  switch (turn.kind) {
    case "serialTyped":
      return { ...wire, operator: turn.operator, asks: turn.asks.map(problemToWire) };
    case "assigned": {
      const { attempt, fence, policy } = turn;
      // Rows of earlier versions have none.
      return { ...wire, attempt, fence, policy: policy == null ? undefined : { ...policy } };
    }
    case "leaseGranted":
      return { ...wire, attempt: turn.attempt, fence: turn.fence };
    case "phase":
      return { ...wire, attempt: turn.attempt, phase: phaseToWire(turn.phase) };
    case "warned":
      return { ...wire, attempt: turn.attempt, problem: problemToWire(turn.problem) };
    case "result": {
      const { kind, ...outcome } = turn.outcome;
      const { problem } = { problem: undefined, ...outcome };
      const evidence = { ...turn.evidence };
      return {
        ...{ ...wire, ...outcome, kind, evidence, attempt: turn.attempt },
        problem: problem === undefined ? undefined : problemToWire(problem),
      };
    }
    case "refused":
      return { ...wire, problem: problemToWire(turn.problem) };
    case "withdrawn":
    case "retried":
      return wire;
  }
}

function turnFromWire(wire: WireTurn): JobTurn | null {
  const { kind, attempt, fence, problem } = wire;
  switch (kind) {
    case "serialTyped":
      return { kind, operator: wire.operator, asks: asksFromWire(wire.asks) };
    case "assigned": {
      const policy = wire.policy === undefined ? null : policyFromWire(wire.policy);
      const isKnown = policy !== null || wire.policy === undefined;
      return isKnown ? { kind, attempt, fence, policy } : null;
    }
    case "leaseGranted":
      return { kind, attempt, fence };
    case "phase": {
      const phase = phaseFromWire(wire.phase);
      return phase === null ? null : { kind, attempt, phase };
    }
    case "warned":
      return problem === undefined ? null : { kind, attempt, problem: problemFromWire(problem) };
    case "refused":
      return problem === undefined ? null : { kind, problem: problemFromWire(problem) };
    case "withdrawn":
    case "retried":
      return { kind };
    default: {
      const outcome = outcomeFromWire(wire);
      if (outcome === null || wire.evidence === undefined) return null;
      return { kind: "result", attempt, outcome, evidence: evidenceFromWire(wire.evidence) };
    }
  }
}

function outcomeFromWire({ kind, proof, dirty, problem }: WireTurn): AttemptOutcome | null {
  if (kind === "succeeded") return { kind, proof };
  if (kind === "canceled") return { kind, dirty };
  if (kind !== "failed" || problem === undefined) return null;
  return { kind, dirty, problem: problemFromWire(problem) };
}

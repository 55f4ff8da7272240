import type {
  ReportResultRequest,
  Evidence as WireEvidence,
  AttemptOrder as WireOrder,
  AttemptPhase as WirePhase,
} from "@stickfarm/proto/stickfarm/v1/agent";
import type { AttemptOrder } from "../build/attempt-order.ts";
import type { AttemptPhase } from "../build/attempt-phase.ts";
import type { AttemptReport } from "../build/attempt-report.ts";
import type { Evidence } from "../build/evidence.ts";
import type { AttemptOutcome } from "../build/job-state.ts";
import { CAPACITY_CHECKS } from "../build/write-policy.ts";
import { LOCAL_POINT } from "../media/distribution-point.ts";
import { fail, ok, type Result } from "../result.ts";
import { fetchPointFromWire, fetchPointToWire } from "./distribution-point.ts";
import { consentFromWire, consentToWire } from "./drive.ts";
import { problemFromWire, problemToWire } from "./problem.ts";
import { policyFromWire } from "./write-policy.ts";

const PHASES: Readonly<Record<AttemptPhase, WirePhase>> = {
  accepted: 1,
  fetch: 2,
  claim: 3,
  erase: 4,
  probe: 9,
  compare: 10,
  write: 5,
  verify: 6,
  seal: 7,
  ended: 8,
};

export function phaseToWire(phase: AttemptPhase): WirePhase {
  return PHASES[phase];
}

/** null: unspecified, or a phase of a newer program. */
export function phaseFromWire(wire: WirePhase): AttemptPhase | null {
  for (const [phase, number] of Object.entries(PHASES)) {
    if (number === wire) return phase as AttemptPhase;
  }
  return null;
}

export function orderToWire(order: AttemptOrder): WireOrder {
  const { manifest, consent, manifestSignature, passport, passportSignature, ...others } = order;
  const { points, localSha256, policy, ...rest } = others;
  return {
    ...rest,
    policy: { ...policy },
    consent: consentToWire(consent),
    manifestSha256: manifest.sha256,
    manifestBytes: manifest.sizeBytes,
    manifestSignature: Buffer.from(manifestSignature),
    points: points.map(fetchPointToWire),
    localSha256: [...localSha256],
    passport: Buffer.from(passport),
    passportSignature: Buffer.from(passportSignature),
  };
}

/** Problems: protocol_unsupported, when a part that an attempt cannot do without is missing. */
export function orderFromWire(wire: WireOrder): Result<AttemptOrder> {
  const complete =
    wire.consent !== undefined &&
    wire.attempt >= 1 &&
    wire.fence >= 1 &&
    /^[0-9a-f]{64}$/.test(wire.manifestSha256) &&
    /^[0-9a-f]{32}$/.test(wire.stickId);
  if (!complete || wire.consent === undefined)
    return fail({
      code: "protocol_unsupported",
      detail: `Cannot take order "${wire.jobId}": a part is missing or not in the form of protocol 1`,
    });
  const { manifestSha256, manifestBytes, consent, ...rest } = wire;
  const policy = policyFromWire(wire.policy);
  const points = wire.points.map(fetchPointFromWire);
  const known = points.filter((point) => point !== null);
  if (known.length < points.length)
    return fail({
      code: "protocol_unsupported",
      detail: `Cannot take order "${wire.jobId}": one of its distribution points is of a kind that is not known here`,
    });
  if (policy === null)
    return fail({
      code: "protocol_unsupported",
      detail: `Cannot take order "${wire.jobId}": its way of writing is not known here`,
    });
  return ok({
    ...rest,
    policy,
    // A controller that knows no points is one.
    points: known.length === 0 ? [LOCAL_POINT] : known,
    consent: consentFromWire(consent),
    manifest: { sha256: manifestSha256, sizeBytes: manifestBytes },
  });
}

export function reportToWire(report: AttemptReport): ReportResultRequest {
  const { jobId, attempt, fence, outcome, evidence } = report;
  return { jobId, attempt, fence, evidence: { ...evidence }, outcome: outcomeToWire(outcome) };
}

/** Problems: protocol_unsupported. */
export function reportFromWire(wire: ReportResultRequest): Result<AttemptReport> {
  const outcome = outcomeFromWire(wire.outcome);
  if (outcome === null || wire.evidence === undefined)
    return fail({
      code: "protocol_unsupported",
      detail: `Cannot record attempt ${wire.attempt} of job "${wire.jobId}": its outcome is of a form that is not known here`,
    });
  const { jobId, attempt, fence, evidence } = wire;
  return ok({ jobId, attempt, fence, outcome, evidence: evidenceFromWire(evidence) });
}

/** An agent that names no capacity check, or one that is not known here, has made none that counts. */
export function evidenceFromWire(wire: WireEvidence): Evidence {
  const capacity = CAPACITY_CHECKS.find((known) => known === wire.capacity) ?? "none";
  return { ...wire, capacity };
}

function outcomeToWire(outcome: AttemptOutcome): ReportResultRequest["outcome"] {
  switch (outcome.kind) {
    case "succeeded":
      return { $case: "succeeded", value: { proof: outcome.proof } };
    case "failed":
      return {
        $case: "failed",
        value: { problem: problemToWire(outcome.problem), dirty: outcome.dirty },
      };
    case "canceled":
      return { $case: "canceled", value: { dirty: outcome.dirty } };
  }
}

function outcomeFromWire(wire: ReportResultRequest["outcome"]): AttemptOutcome | null {
  switch (wire?.$case) {
    case "succeeded":
      return { kind: "succeeded", proof: wire.value.proof };
    case "failed":
      if (wire.value.problem === undefined) return null;
      return {
        kind: "failed",
        problem: problemFromWire(wire.value.problem),
        dirty: wire.value.dirty,
      };
    case "canceled":
      return { kind: "canceled", dirty: wire.value.dirty };
    case undefined:
      return null;
  }
}

import type {
  StickAttempt as WireAttempt,
  StickHistory as WireHistory,
  StickView as WireView,
} from "@stickfarm/proto/stickfarm/v1/operator";
import { foldStick, type StickAttempt, type StickRecord } from "../build/stick-record.ts";
import { hasOwnIdentity } from "../drive/stick-key.ts";
import { problemToWire } from "./problem.ts";

export function stickViewToWire(record: StickRecord): WireView {
  const { key, firstAtMs, good, failed, repaired, capacity, last } = record;
  const { driveId, serial, sizeBytes } = last.consent;
  return {
    key,
    isKnownAgain: hasOwnIdentity(driveId),
    serial,
    model: last.model,
    sizeBytes,
    firstAtMs,
    good,
    failed,
    repaired,
    capacity: capacity?.check ?? "none",
    capacityAtMs: capacity?.atMs ?? 0,
    writeBytesPerSecond: record.writeBytesPerSecond ?? 0,
    readBytesPerSecond: record.readBytesPerSecond ?? 0,
    last: stickAttemptToWire(last),
  };
}

/** `null` when nothing was done to it. */
export function stickHistoryToWire(attempts: readonly StickAttempt[]): WireHistory | null {
  const record = foldStick(attempts);
  if (record === null) return null;
  return { stick: stickViewToWire(record), attempts: attempts.map(stickAttemptToWire) };
}

function stickAttemptToWire(made: StickAttempt): WireAttempt {
  const { buildId, jobId, attempt, stickId, agent, consent, media, outcome } = made;
  const { manifestSha256, evidence, endedAtMs } = made;
  return {
    ...{ buildId, jobId, attempt, stickId, agent, manifestSha256, endedAtMs },
    bay: consent.bay,
    mediaName: media.name,
    mediaRevision: media.revision,
    outcome: outcome.kind,
    proof: outcome.kind === "succeeded" ? outcome.proof : "",
    dirty: outcome.kind !== "succeeded" && outcome.dirty,
    problem: outcome.kind === "failed" ? problemToWire(outcome.problem) : undefined,
    evidence: { ...evidence },
  };
}

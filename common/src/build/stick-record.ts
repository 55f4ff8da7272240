import type { DriveConsent } from "../drive/drive.ts";
import { hasOwnIdentity, stickKey } from "../drive/stick-key.ts";
import type { Evidence } from "./evidence.ts";
import type { AttemptOutcome } from "./job-state.ts";
import type { CapacityCheck } from "./write-policy.ts";

/** An attempt at a stick that has ended. */
export type StickAttempt = {
  readonly buildId: string;
  readonly jobId: string;
  readonly attempt: number;
  /** 32 lower-case hex digits: what this attempt made of the stick. */
  readonly stickId: string;
  readonly agent: string;
  readonly consent: DriveConsent;
  /** As the drive reported it last; may be empty. */
  readonly model: string;
  readonly media: { readonly name: string; readonly revision: number };
  readonly manifestSha256: string;
  readonly outcome: AttemptOutcome;
  readonly evidence: Evidence;
  readonly endedAtMs: number;
};

/** What is known of one stick, from all that was done to it. */
export type StickRecord = {
  readonly key: string;
  readonly firstAtMs: number;
  readonly good: number;
  readonly failed: number;
  /** Attempts that had to write a range again. */
  readonly repaired: number;
  readonly capacity: ShownCapacity | null;
  /** As the newest attempt measured it that wrote or read enough to tell. */
  readonly writeBytesPerSecond: number | null;
  readonly readBytesPerSecond: number | null;
  readonly last: StickAttempt;
};

/** That a stick has the size that it says: by which check, and when. */
export type ShownCapacity = {
  readonly check: Exclude<CapacityCheck, "none">;
  readonly atMs: number;
};

/** Shorter than this, a pass says more of the machine than of the stick. */
const MEASURED_MS_MIN = 1000;

/** `attempts` are those of one stick, in the order in which they ended. `null` when there are none. */
export function foldStick(attempts: readonly StickAttempt[]): StickRecord | null {
  const [first] = attempts;
  const last = attempts.at(-1);
  if (first === undefined || last === undefined) return null;
  const count = (is: (attempt: StickAttempt) => boolean) => attempts.filter(is).length;
  return {
    key: stickKey(last),
    firstAtMs: first.endedAtMs,
    good: count(({ outcome }) => outcome.kind === "succeeded"),
    failed: count(({ outcome }) => outcome.kind === "failed"),
    repaired: count(({ evidence }) => evidence.repairedRanges > 0),
    capacity: capacityShown(attempts, last.consent),
    writeBytesPerSecond: newest(attempts, ({ writtenBytes, writeMs }) =>
      rateOf(writtenBytes, writeMs),
    ),
    readBytesPerSecond: newest(attempts, ({ verifiedBytes, verifyMs }) =>
      rateOf(verifiedBytes, verifyMs),
    ),
    last,
  };
}

/**
 * The newest check that this very drive has passed, with the size that it shows now.
 *
 * Shape: an attempt that failed and left the stick dirty takes the trust away, whatever the reason was: to ask again costs
 *        seconds. A stick without an identity of its own has shown it for one insertion.
 */
export function capacityShown(
  attempts: readonly StickAttempt[],
  now: Pick<DriveConsent, "driveId" | "sizeBytes" | "insertion">,
): ShownCapacity | null {
  let shown: ShownCapacity | null = null;
  for (const { outcome, evidence, consent, endedAtMs } of attempts) {
    if (outcome.kind === "failed" && outcome.dirty) shown = null;
    if (outcome.kind !== "succeeded" || evidence.capacity === "none") continue;
    const isSame =
      consent.sizeBytes === now.sizeBytes &&
      (hasOwnIdentity(now.driveId) || consent.insertion === now.insertion);
    if (isSame) shown = { check: evidence.capacity, atMs: endedAtMs };
  }
  return shown;
}

function newest(
  attempts: readonly StickAttempt[],
  measure: (evidence: Evidence) => number | null,
): number | null {
  for (const { evidence } of attempts.toReversed()) {
    const measured = measure(evidence);
    if (measured !== null) return measured;
  }
  return null;
}

function rateOf(bytes: number, ms: number): number | null {
  return bytes === 0 || ms < MEASURED_MS_MIN ? null : Math.round((bytes * 1000) / ms);
}

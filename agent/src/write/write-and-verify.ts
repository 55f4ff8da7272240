/**
 * The way of every stick up to its seal: erase its ends, ask it for its capacity when it is to be asked, mark its beginning,
 * write in device order all content or what of it is not there yet, look that zeros are zero, read back past every cache what is not proven
 * by then, and repair what came back wrong.
 *
 * Zeros are looked at after the last content was written and before it is read back. A fake stick whose addresses wrap around
 * then either still shows the wrapped content when it is read back, or lost it to the zeros: both are mismatches.
 */
import type { WriteProof } from "@stickfarm/common/build/write-policy";
import { SEAL_BYTES } from "@stickfarm/common/layout/extent";
import { ok, type Result } from "@stickfarm/common/result";
import { eraseEnds } from "./erase-ends.ts";
import { markBeginning, planMark } from "./mark-beginning.ts";
import type { PolicedPlan } from "./plan-write.ts";
import { checkCapacity } from "./probe/check-capacity.ts";
import { provePlan } from "./prove-plan.ts";
import type { Work } from "./work.ts";
import type { WriteHooks } from "./write-hooks.ts";
import { writePlan } from "./write-plan.ts";
import type { WriteEvidence } from "./writer-protocol.ts";

/** What was done to the drive, and how all of it but the seal is proven. */
export type Proven = { readonly evidence: WriteEvidence; readonly proof: WriteProof };

/**
 * Carry out a plan but for its seal: afterwards everything is on the drive and proven, and the drive does not boot.
 *
 * Gives `null` when the signal ended it early.
 *
 * Whoever asks decides whether a drive that had to be repaired is good enough.
 *
 * Problems: those of the drive; drive_fake; cache_corrupt; verify_mismatch.
 */
export async function writeAndVerify(
  work: Work,
  policed: PolicedPlan,
  hooks: WriteHooks,
): Promise<Result<Proven | null>> {
  const { plan, policy } = policed;
  const startedAtMs = hooks.nowMs();
  hooks.onPhase("erase", 2 * SEAL_BYTES);
  const erased = await eraseEnds(work, plan.geometry);
  if (!erased.ok) return erased;
  const probed = await checkCapacity(work, plan.geometry, policy.capacity, hooks);
  if (!probed.ok) return probed;
  const mark = planMark(plan.geometry, hooks.tag);
  const marked = await markBeginning(work, mark);
  if (!marked.ok) return marked;
  const written = await writePlan(work, policed, hooks);
  if (!written.ok) return written;
  const writtenAtMs = hooks.nowMs();
  const { writtenBytes, alreadyZeroBytes, comparedBytes } = written.value;
  const repairs = await provePlan(work, { plan, mark, written: written.value }, hooks);
  if (!repairs.ok) return repairs;
  if (work.signal.aborted) return ok(null);
  const verifiedAtMs = hooks.nowMs();
  const evidence: WriteEvidence = {
    writtenBytes,
    verifiedBytes: writtenBytes + alreadyZeroBytes + comparedBytes,
    alreadyZeroBytes,
    comparedBytes,
    repairedRanges: repairs.value.ranges,
    repairedBytes: repairs.value.bytes,
    capacity: policy.capacity,
    writeMs: Math.round(writtenAtMs - startedAtMs),
    verifyMs: Math.round(verifiedAtMs - writtenAtMs),
    totalMs: Math.round(verifiedAtMs - startedAtMs),
  };
  // After a repair all was read once more.
  return ok({ evidence, proof: repairs.value.ranges > 0 ? "read-back" : written.value.proof });
}

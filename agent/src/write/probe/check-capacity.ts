import type { CapacityCheck } from "@stickfarm/common/build/write-policy";
import { type DriveGeometry, SEAL_BYTES } from "@stickfarm/common/layout/extent";
import { ok, type Result } from "@stickfarm/common/result";
import { eraseEnds } from "../erase-ends.ts";
import type { Work } from "../work.ts";
import type { WriteHooks } from "../write-hooks.ts";
import { checkSurface } from "./check-surface.ts";
import type { Finding } from "./judge-probe.ts";
import { type ProbePlan, planProbe } from "./plan-probe.ts";
import { PROBE_BLOCK_BYTES, recogniseBlock } from "./probe-block.ts";
import {
  cutRange,
  type ProbeJob,
  passFindings,
  readPlaces,
  writePlaces,
  writeToEnd,
} from "./probe-places.ts";

/**
 * Find out whether a drive keeps what its size promises, before much is written to it. Both ends are zero before and
 * after. Of what lies between, a probe destroys 258 MiB before the end at most, and a few hundred blocks, which a
 * comparing rewrite then finds changed; a surface check destroys all.
 *
 * Problems: those of the drive; drive_fake; verify_mismatch, when a place or two are bad.
 */
export async function checkCapacity(
  work: Work,
  geometry: DriveGeometry,
  check: CapacityCheck,
  hooks: WriteHooks,
): Promise<Result<void>> {
  if (check === "none") return ok(undefined);
  const plan = planProbe(geometry.sizeBytes, hooks.random);
  const advance = hooks.onPhase("probe", bytesOf(plan, check, geometry));
  const job = { geometry, advance, tag: hooks.tag };
  const probed = await probe(work, plan, job);
  if (!probed.ok) return probed;
  if (check === "surface") {
    const surface = await checkSurface(work, job);
    if (!surface.ok) return surface;
  }
  return work.signal.aborted ? ok(undefined) : eraseEnds(work, geometry);
}

async function probe(work: Work, plan: ProbePlan, job: ProbeJob): Promise<Result<void>> {
  const singles = await writePlaces(work, plan.singles, job);
  if (!singles.ok || work.signal.aborted) return singles;
  const flushed = await work.drive.flush();
  if (!flushed.ok) return flushed;
  const run = await writeToEnd(work, plan.runFromBytes, job);
  if (!run.ok) return run;
  const findings = await readPlaces(work, plan.reads, job);
  if (!findings.ok) return findings;
  const erased = await readErased(work, job);
  if (!erased.ok) return erased;
  if (work.signal.aborted) return ok(undefined);
  return passFindings([...findings.value, ...erased.value], job.geometry);
}

/** The first MiB was zero: what is in it now belongs to a far address. */
async function readErased(work: Work, { tag }: ProbeJob): Promise<Result<readonly Finding[]>> {
  const lane = work.lanes[0]!; // There are READ_LANES of them.
  const buffer = lane.buffer.subarray(0, SEAL_BYTES);
  const read = await work.drive.read(buffer, 0);
  if (!read.ok) return read;
  for (const { offsetBytes } of cutRange(0, SEAL_BYTES, PROBE_BLOCK_BYTES)) {
    if (work.xxh64.isZero(lane.at + offsetBytes, PROBE_BLOCK_BYTES)) continue;
    const block = buffer.subarray(offsetBytes, offsetBytes + PROBE_BLOCK_BYTES);
    return ok([{ offsetBytes, found: recogniseBlock(block, offsetBytes, tag) }]);
  }
  return ok([]);
}

function bytesOf(plan: ProbePlan, check: CapacityCheck, { sizeBytes }: DriveGeometry): number {
  const blocks = plan.singles.length + plan.reads.length;
  const probeBytes = blocks * PROBE_BLOCK_BYTES + sizeBytes - plan.runFromBytes;
  return check === "surface" ? probeBytes + 2 * (sizeBytes - SEAL_BYTES) : probeBytes;
}

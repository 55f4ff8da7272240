import { SEAL_BYTES } from "@stickfarm/common/layout/extent";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { runLanes } from "../run-lanes.ts";
import { CHUNK_BYTES, type Work } from "../work.ts";
import type { Finding } from "./judge-probe.ts";
import { PROBE_BLOCK_BYTES, recogniseBlock } from "./probe-block.ts";
import { cutRange, type ProbeJob, passFindings, readPlaces, writeToEnd } from "./probe-places.ts";

/** So many places are asked once something is wrong, to tell a bad block from a drive that ends there. */
const PLACES = 64;

/**
 * Write every block of the drive behind its first MiB, then read every block: two passes at the drive's own speeds.
 *
 * Problems: those of the drive; drive_fake; verify_mismatch with the first bad range.
 */
export async function checkSurface(work: Work, job: ProbeJob): Promise<Result<void>> {
  const written = await writeToEnd(work, SEAL_BYTES, job);
  if (!written.ok || work.signal.aborted) return written;
  const bad: Finding[] = [];
  const chunks = cutRange(SEAL_BYTES, job.geometry.sizeBytes, CHUNK_BYTES);
  const read = await runLanes(work.lanes, chunks, work.signal, async (chunk, lane) => {
    if (bad.length > 0) return ok(undefined);
    const buffer = lane.buffer.subarray(0, chunk.lengthBytes);
    const came = await work.drive.read(buffer, chunk.offsetBytes);
    if (!came.ok) return came;
    bad.push(...findBad(buffer, chunk.offsetBytes, job.tag));
    job.advance(chunk.lengthBytes);
    return came;
  });
  if (!read.ok || bad.length === 0) return read;
  return explainBad(work, bad, job);
}

function findBad(buffer: Buffer, offsetBytes: number, tag: Buffer): readonly Finding[] {
  const bad: Finding[] = [];
  for (let at = 0; at < buffer.length; at += PROBE_BLOCK_BYTES) {
    const block = buffer.subarray(at, at + PROBE_BLOCK_BYTES);
    const found = recogniseBlock(block, offsetBytes + at, tag);
    if (found.kind !== "good") bad.push({ offsetBytes: offsetBytes + at, found });
  }
  return bad;
}

async function explainBad(
  work: Work,
  bad: readonly Finding[],
  job: ProbeJob,
): Promise<Result<void>> {
  const { sizeBytes } = job.geometry;
  const blocks = Math.floor((sizeBytes - SEAL_BYTES) / PROBE_BLOCK_BYTES);
  const places = Array.from(
    { length: PLACES },
    (_, place) =>
      SEAL_BYTES + Math.floor((place * (blocks - 1)) / (PLACES - 1)) * PROBE_BLOCK_BYTES,
  );
  const advance = (): void => {};
  const asked = await readPlaces(work, [...new Set(places)], { ...job, advance });
  if (!asked.ok) return asked;
  const first = bad.reduce((least, next) => (next.offsetBytes < least.offsetBytes ? next : least));
  const others = asked.value.filter(({ offsetBytes }) => offsetBytes !== first.offsetBytes);
  const passed = passFindings([...others, first], job.geometry);
  if (!passed.ok && passed.problem.code === "drive_fake") return passed;
  return fail({
    code: "verify_mismatch",
    detail: `Cannot trust the drive at bytes ${first.offsetBytes} to ${endOfRange(bad, first) - 1}: its test blocks came back changed`,
  });
}

/** Where the bad blocks that touch the first one end. */
function endOfRange(bad: readonly Finding[], first: Finding): number {
  const offsets = new Set(bad.map(({ offsetBytes }) => offsetBytes));
  let end = first.offsetBytes;
  while (offsets.has(end)) end += PROBE_BLOCK_BYTES;
  return end;
}

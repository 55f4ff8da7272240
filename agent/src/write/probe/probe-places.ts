import { renderBytes } from "@stickfarm/common/bytes";
import type { DriveGeometry } from "@stickfarm/common/layout/extent";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { runLanes } from "../run-lanes.ts";
import { type Advance, CHUNK_BYTES, type Work } from "../work.ts";
import { type Finding, judgeProbe } from "./judge-probe.ts";
import { PROBE_BLOCK_BYTES, recogniseBlock, stampBlocks } from "./probe-block.ts";

export type ProbeJob = {
  readonly geometry: DriveGeometry;
  /** Of this attempt alone. */
  readonly tag: Buffer;
  readonly advance: Advance;
};

/** Problems: those of the drive. */
export function writePlaces(
  work: Work,
  offsets: readonly number[],
  { geometry, tag, advance }: ProbeJob,
): Promise<Result<void>> {
  return runLanes(work.writeLanes, offsets, work.signal, async (offsetBytes, lane) => {
    const lengthBytes = Math.min(PROBE_BLOCK_BYTES, geometry.sizeBytes - offsetBytes);
    const block = lane.buffer.subarray(0, lengthBytes);
    stampBlocks(block, offsetBytes, tag);
    const written = await work.drive.write(block, offsetBytes);
    if (written.ok) advance(lengthBytes);
    return written;
  });
}

/**
 * Write every block from here to the drive's end.
 *
 * Problems: those of the drive.
 */
export async function writeToEnd(
  work: Work,
  fromBytes: number,
  { geometry: { sizeBytes }, tag, advance }: ProbeJob,
): Promise<Result<void>> {
  const chunks = cutRange(fromBytes, sizeBytes, CHUNK_BYTES);
  const written = await runLanes(work.writeLanes, chunks, work.signal, async (chunk, lane) => {
    const buffer = lane.buffer.subarray(0, chunk.lengthBytes);
    stampBlocks(buffer, chunk.offsetBytes, tag);
    const done = await work.drive.write(buffer, chunk.offsetBytes);
    if (done.ok) advance(chunk.lengthBytes);
    return done;
  });
  return written.ok && !work.signal.aborted ? work.drive.flush() : written;
}

/** Problems: those of the drive. */
export async function readPlaces(
  work: Work,
  offsets: readonly number[],
  { geometry, tag, advance }: ProbeJob,
): Promise<Result<readonly Finding[]>> {
  const findings: Finding[] = [];
  const read = await runLanes(work.lanes, offsets, work.signal, async (offsetBytes, lane) => {
    const lengthBytes = Math.min(PROBE_BLOCK_BYTES, geometry.sizeBytes - offsetBytes);
    const block = lane.buffer.subarray(0, lengthBytes);
    const came = await work.drive.read(block, offsetBytes);
    if (!came.ok) return came;
    findings.push({ offsetBytes, found: recogniseBlock(block, offsetBytes, tag) });
    advance(lengthBytes);
    return ok(undefined);
  });
  return read.ok ? ok(findings) : read;
}

/**
 * What the findings mean for the attempt.
 *
 * Problems: drive_fake; verify_mismatch, when a place or two are bad.
 */
export function passFindings(
  findings: readonly Finding[],
  { sizeBytes }: DriveGeometry,
): Result<void> {
  const verdict = judgeProbe(findings);
  if (verdict.kind === "good") return ok(undefined);
  if (verdict.kind === "fake") {
    const [claimed, kept] = [renderBytes(sizeBytes), renderBytes(verdict.usableBytes)];
    return fail({
      code: "drive_fake",
      detail: `Cannot trust the drive: it claims ${claimed} (${sizeBytes} bytes), it keeps about ${kept}`,
    });
  }
  const { offsetBytes } = verdict;
  return fail({
    code: "verify_mismatch",
    detail: `Cannot trust the drive at bytes ${offsetBytes} to ${offsetBytes + PROBE_BLOCK_BYTES - 1}: a test block came back changed`,
  });
}

export function* cutRange(
  fromBytes: number,
  toBytes: number,
  chunkBytes: number,
): Generator<{ readonly offsetBytes: number; readonly lengthBytes: number }> {
  for (let offsetBytes = fromBytes; offsetBytes < toBytes; offsetBytes += chunkBytes) {
    yield { offsetBytes, lengthBytes: Math.min(chunkBytes, toBytes - offsetBytes) };
  }
}

import type { WriteProof } from "@stickfarm/common/build/write-policy";
import { ok, type Result } from "@stickfarm/common/result";
import { checkZeros } from "./check-zeros.ts";
import { type Chunk, joinSegments, sumBytes } from "./plan-chunks.ts";
import type { PolicedPlan } from "./plan-write.ts";
import { finely, segmentsWithin } from "./rewrite/drive-ranges.ts";
import { type Refreshed, refreshContent } from "./rewrite/refresh-content.ts";
import { CHUNK_BYTES, type Work } from "./work.ts";
import { writeChunks } from "./write-chunks.ts";
import type { WriteHooks } from "./write-hooks.ts";

/** What was done to the drive, and what of it is yet to be proven. */
export type Written = {
  readonly writtenBytes: number;
  readonly alreadyZeroBytes: number;
  readonly comparedBytes: number;
  /** To be read back. */
  readonly unproven: readonly Iterable<Chunk>[];
  readonly unprovenBytes: number;
  /** What will be proven once that is read back. */
  readonly proof: WriteProof;
};

/**
 * Put everything but the seal on the drive: content in device order, then zeros where something else stood.
 *
 * Zeros come after the last write of content, whatever the policy: they need not be read once more then.
 *
 * Problems: those of the drive; cache_corrupt.
 */
export async function writePlan(
  work: Work,
  policed: PolicedPlan,
  hooks: WriteHooks,
): Promise<Result<Written>> {
  const isFull = policed.policy.rewrite === "full";
  const put = isFull ? writeContent : refreshContent;
  const content = await put(work, policed, hooks);
  if (!content.ok) return content;
  const { advance, writtenBytes, comparedBytes, alreadyZeroBytes } = content.value;
  const checked = await checkZeros(work, policed.plan.zeros(), advance);
  if (!checked.ok) return checked;
  const { rewritten } = checked.value;
  const flushed = rewritten.length === 0 ? ok(undefined) : await work.drive.flush();
  if (!flushed.ok) return flushed;
  return ok({
    writtenBytes: writtenBytes + sumBytes(rewritten),
    alreadyZeroBytes: alreadyZeroBytes + checked.value.alreadyZeroBytes,
    comparedBytes,
    ...toProve(policed, content.value, rewritten),
  });
}

/** O_DIRECT leaves nothing in the page cache, so one flush at the end does, and a stop does not wait for more. */
async function writeContent(
  work: Work,
  { plan }: PolicedPlan,
  hooks: WriteHooks,
): Promise<Result<Refreshed>> {
  const advance = hooks.onPhase("write", plan.contentBytes + plan.zeroBytes);
  const written = await writeChunks(work, plan.content(), advance);
  if (!written.ok) return written;
  const flushed = work.signal.aborted ? ok(undefined) : await work.drive.flush();
  if (!flushed.ok) return flushed;
  return ok({
    comparedBytes: 0,
    alreadyZeroBytes: 0,
    writtenBytes: plan.contentBytes,
    written: [],
    provenFromBytes: Number.POSITIVE_INFINITY,
    advance,
  });
}

/** What is read back after it was compared is read from the beginning to where the last write was. */
function toProve(
  { plan, policy }: PolicedPlan,
  { comparedBytes, alreadyZeroBytes, written, provenFromBytes }: Refreshed,
  zeros: readonly Chunk[],
): Pick<Written, "unproven" | "unprovenBytes" | "proof"> {
  const isCompared = policy.proof === "compared" && comparedBytes + alreadyZeroBytes > 0;
  const endBytes = zeros.length > 0 ? Number.POSITIVE_INFINITY : provenFromBytes;
  const content = isCompared
    ? () => joinSegments(segmentsWithin(finely(plan.content()), written), CHUNK_BYTES)
    : () => chunksBefore(plan.content(), endBytes);
  return {
    unproven: [content(), zeros],
    unprovenBytes: sumBytes(content()) + sumBytes(zeros),
    proof: isCompared ? "compared" : "read-back",
  };
}

function* chunksBefore(chunks: Iterable<Chunk>, endBytes: number): Generator<Chunk> {
  for (const chunk of chunks) {
    if (chunk.offsetBytes >= endBytes) return;
    yield chunk;
  }
}

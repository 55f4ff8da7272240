/**
 * The writer: one process for one stick. The agent has claimed the drive and hands its descriptor over as number 3; a
 * drive that hangs stalls this process and no other. It ends with its stdin, so a killed agent leaves no writer behind.
 */
import { writeSync } from "node:fs";
import type { Problem } from "@stickfarm/common/problem";
import { openCachedBlobs } from "./cached-blobs.ts";
import { flushOften } from "./calls/flush-often.ts";
import { driveBehind, type OpenDrive } from "./calls/open-drive.ts";
import { paceDrive } from "./calls/pace-drive.ts";
import { type DriveCalls, watchCalls } from "./calls/watch-calls.ts";
import { type CommandInbox, openCommandInbox } from "./command-inbox.ts";
import { judgeRepairs } from "./judge-repairs.ts";
import { blobsOf, layoutOrder } from "./layout-order.ts";
import { whyNotErase } from "./look-first.ts";
import { nameFiles } from "./name-files.ts";
import { planWrite, type WritePlan } from "./plan-write.ts";
import { newTag } from "./probe/probe-block.ts";
import { progressHooks } from "./progress-hooks.ts";
import { sealDrive } from "./seal-drive.ts";
import { isZeroPieceOf, openWork, READ_LANES, type Work, WRITE_LANES } from "./work.ts";
import { writeAndVerify } from "./write-and-verify.ts";
import { renderEvent, type WriterEvent, type WriterOrder } from "./writer-protocol.ts";

const DRIVE_FD = 3;
const BEAT_MS = 1000;

async function main(): Promise<void> {
  const inbox = openCommandInbox(process.stdin, () => process.exit(0));
  const order = await inbox.order;
  const prepared = await prepare(order, inbox);
  if ("problem" in prepared) return emitFailed(prepared.problem, false);
  const { work, plan } = prepared;
  emit({ kind: "ready", contentBytes: plan.contentBytes, zeroBytes: plan.zeroBytes });
  if ((await Promise.race([inbox.begun, inbox.stopped])) === "stop") {
    return emit({ kind: "stopped", dirty: false });
  }
  const beating = setInterval(() => emit({ kind: "beat", ...prepared.calls() }), BEAT_MS);
  await writeDrive({ work, plan, inbox, order });
  clearInterval(beating);
}

type Prepared = {
  readonly work: Work;
  readonly plan: WritePlan;
  readonly calls: () => DriveCalls;
};

async function prepare(
  order: WriterOrder,
  inbox: CommandInbox,
): Promise<Prepared | { readonly problem: Problem }> {
  const layout = await layoutOrder(order);
  if (!layout.ok) return layout;
  const blobs = openCachedBlobs(order.cacheDirectory, blobsOf(order));
  if (!blobs.ok) return blobs;
  const { drive, calls } = openDrive(inbox.signal);
  const work = openWork(drive, blobs.value, inbox.signal);
  // Of these reads the pace shall learn nothing, and nothing is written after one that may still be on its way.
  const why = await whyNotErase(driveBehind(DRIVE_FD), order, work.lanes[0]!.buffer);
  if (why !== null) return { problem: why };
  const plan = planWrite(layout.value.extents, order.geometry, isZeroPieceOf(work));
  return { work, plan, calls };
}

/** Each call to the kernel is watched; flushes are counted in whole chunks, so they stand before the pace. */
function openDrive(signal: AbortSignal): { drive: OpenDrive; calls: () => DriveCalls } {
  const nowMs = (): number => performance.now();
  const { drive, calls } = watchCalls(driveBehind(DRIVE_FD));
  const paced = paceDrive(drive, { readsMax: READ_LANES, writesMax: WRITE_LANES, signal, nowMs });
  return { drive: flushOften(paced), calls };
}

async function writeDrive({
  work,
  plan,
  inbox,
  order,
}: {
  readonly work: Work;
  readonly plan: WritePlan;
  readonly inbox: CommandInbox;
  readonly order: WriterOrder;
}): Promise<void> {
  const startedAtMs = performance.now();
  const nowMs = (): number => performance.now();
  const progress = progressHooks({ everyMs: order.progressMs, nowMs, emit });
  const hooks = { ...progress, random: Math.random, tag: newTag(Math.random) };
  const verified = await writeAndVerify(work, { plan, policy: order.policy }, hooks);
  // Whatever a pass met after it was told to stop adds nothing.
  if (inbox.signal.aborted) return emit({ kind: "stopped", dirty: true });
  if (!verified.ok) return emitFailed(nameFiles(verified.problem, order), true);
  hooks.end();
  if (verified.value === null) return emit({ kind: "stopped", dirty: true });
  const { evidence, proof } = verified.value;
  const unfit = judgeRepairs(evidence, order.policy);
  if (unfit !== null) return emit({ kind: "failed", problem: unfit, dirty: true, evidence });
  emit({ kind: "verified", evidence });
  if ((await Promise.race([inbox.sealed, inbox.stopped])) === "stop") {
    return emit({ kind: "stopped", dirty: true });
  }
  const { lengthBytes } = plan.seal;
  const advance = hooks.onPhase("seal", lengthBytes);
  const sealed = await sealDrive(work, plan.seal);
  if (!sealed.ok) return emitFailed(nameFiles(sealed.problem, order), true);
  advance(lengthBytes);
  hooks.end();
  emit({
    kind: "sealed",
    evidence: {
      ...evidence,
      writtenBytes: evidence.writtenBytes + lengthBytes,
      verifiedBytes: evidence.verifiedBytes + lengthBytes,
      totalMs: Math.round(performance.now() - startedAtMs),
    },
    proof,
  });
}

function emitFailed(problem: Problem, dirty: boolean): void {
  emit({ kind: "failed", problem, dirty });
}

/** Written at once and not queued: the process may end right after. */
function emit(event: WriterEvent): void {
  writeSync(1, renderEvent(event));
}

main().then(
  () => process.exit(0),
  (error: Error) => {
    writeSync(2, `${error.stack ?? error.message}\n`);
    process.exit(1);
  },
);

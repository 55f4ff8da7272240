/**
 * The writer: one process for one stick. The agent has claimed the drive and hands its descriptor over as number 3; a
 * drive that hangs stalls this process and no other. It ends with its stdin, so a killed agent leaves no writer behind.
 */
import { writeSync } from "node:fs";
import type { Problem } from "@stickfarm/common/problem";
import { openCachedBlobs } from "./cached-blobs.ts";
import { type CommandInbox, openCommandInbox } from "./command-inbox.ts";
import { blobsOf, layoutOrder } from "./layout-order.ts";
import { nameFiles } from "./name-files.ts";
import { driveBehind } from "./open-drive.ts";
import { planWrite, type WritePlan } from "./plan-write.ts";
import { sealDrive } from "./seal-drive.ts";
import { isZeroPieceOf, openWork, type Work } from "./work.ts";
import { writeAndVerify } from "./write-and-verify.ts";
import type { WriteHooks } from "./write-hooks.ts";
import { renderEvent, type WriterEvent, type WriterOrder } from "./writer-protocol.ts";

const DRIVE_FD = 3;

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
  await writeDrive({ work, plan, inbox, order });
}

async function prepare(
  order: WriterOrder,
  inbox: CommandInbox,
): Promise<{ readonly work: Work; readonly plan: WritePlan } | { readonly problem: Problem }> {
  const layout = await layoutOrder(order);
  if (!layout.ok) return layout;
  const blobs = openCachedBlobs(order.cacheDirectory, blobsOf(order));
  if (!blobs.ok) return blobs;
  const work = openWork(driveBehind(DRIVE_FD), blobs.value, inbox.signal);
  return { work, plan: planWrite(layout.value.extents, order.geometry, isZeroPieceOf(work)) };
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
  const hooks = progressHooks(order.progressMs);
  const verified = await writeAndVerify(work, plan, hooks);
  if (!verified.ok) return emitFailed(nameFiles(verified.problem, order), true);
  const evidence = verified.value;
  if (evidence === null) return emit({ kind: "stopped", dirty: true });
  emit({ kind: "verified", evidence });
  if ((await Promise.race([inbox.sealed, inbox.stopped])) === "stop") {
    return emit({ kind: "stopped", dirty: true });
  }
  const { lengthBytes } = plan.seal;
  const advance = hooks.onPhase("seal", lengthBytes);
  const sealed = await sealDrive(work, plan.seal);
  if (!sealed.ok) return emitFailed(nameFiles(sealed.problem, order), true);
  advance(lengthBytes);
  emit({
    kind: "sealed",
    evidence: {
      ...evidence,
      writtenBytes: evidence.writtenBytes + lengthBytes,
      verifiedBytes: evidence.verifiedBytes + lengthBytes,
      totalMs: Math.round(performance.now() - startedAtMs),
    },
  });
}

/** Emits phases as they begin, and progress at most every `progressMs`. */
function progressHooks(progressMs: number): WriteHooks {
  const nowMs = (): number => performance.now();
  return {
    nowMs,
    onPhase: (phase, totalBytes) => {
      emit({ kind: "phase", phase, totalBytes });
      let toldAtMs = nowMs();
      let doneBytes = 0;
      return (bytes) => {
        doneBytes += bytes;
        const atMs = nowMs();
        if (atMs - toldAtMs < progressMs && doneBytes < totalBytes) return;
        toldAtMs = atMs;
        emit({ kind: "progress", phase, doneBytes, totalBytes });
      };
    },
  };
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

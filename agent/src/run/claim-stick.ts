import type { AttemptOrder } from "@stickfarm/common/build/attempt-order";
import type { AttemptPhase } from "@stickfarm/common/build/attempt-phase";
import type { Evidence } from "@stickfarm/common/build/evidence";
import { stickIdentity } from "@stickfarm/common/layout/stick-identity";
import { stampFiles } from "@stickfarm/common/media/stamp-files";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { AttemptEvent } from "../attempt/attempt-state.ts";
import type { Beat } from "../attempt/stall-watch.ts";
import { type ClaimedDrive, claimDrive } from "../drive/claim-drive.ts";
import { type DriveOffer, findOffered } from "../drive/drive-offer.ts";
import type { DriveHost } from "../drive/read-machine.ts";
import { startWriter, type Writer, type WriterExit } from "../write/start-writer.ts";
import type { WriterEvent, WriterOrder } from "../write/writer-protocol.ts";
import type { PreparedContent } from "./prepare-content.ts";
import type { Progress } from "./progress-meter.ts";

/** What comes from a stick that is being written. */
export type StickEvents = {
  readonly beat: (beat: Beat) => void;
  readonly progress: (progress: Progress) => void;
  readonly phase: (phase: AttemptPhase) => void;
  readonly measured: (evidence: Omit<Evidence, "manifestSha256">) => void;
  readonly event: (event: AttemptEvent) => void;
};

/** A drive that is held by its writer. */
export type ClaimedStick = {
  readonly writer: Pick<Writer, "pid" | "begin" | "seal" | "stop" | "kill" | "exited">;
  /**
   * Ends the writer if it lives and closes the drive; waits for both, but not for a writer that the kernel holds, and less
   * for one of a drive that was given up.
   */
  readonly release: (isAbandoned: boolean) => Promise<void>;
};

export type ClaimParts = {
  readonly offer: DriveOffer;
  readonly host: DriveHost;
  readonly cacheDirectory: string;
  /** A drive that does not show within so long what it holds is given up. */
  readonly lookMs: number;
  /** The kernel keeps the writer of a claim that failed beyond its end. */
  readonly left: (writer: Pick<Writer, "pid" | "exited">) => void;
};

const PROGRESS_MS = 250;
/** A killed writer is gone at once unless its drive hangs; then the kernel keeps it, and its claim, for longer. */
const EXIT_WAIT_MS = 2000;
const ABANDONED_WAIT_MS = 500;

/**
 * Claim a drive, start its writer on it, and wait until the writer has laid everything out. Nothing is written yet.
 *
 * Problems: drive_gone, those of claimDrive, those of the layout, drive_foreign_content, drive_hung, writer_died.
 */
export async function claimStick(
  parts: ClaimParts,
  order: AttemptOrder,
  content: PreparedContent,
  events: StickEvents,
): Promise<Result<ClaimedStick>> {
  const source = await findOffered(parts.offer, order.consent.driveId, parts.host);
  if (source === null)
    return fail({
      code: "drive_gone",
      detail: `Cannot claim drive "${order.consent.serial}": bay "${order.consent.bay}" has none`,
    });
  const drive = await claimDrive(source, order.consent, parts.host);
  if (!drive.ok) return drive;
  const writerOrder = orderWriter(parts, order, content, drive.value);
  const stick = startOn(drive.value, writerOrder, events);
  const ready = await stick.ready;
  if (ready.ok) return ok(stick);
  let hasExited = false;
  void stick.writer.exited.then(() => {
    hasExited = true;
  });
  await stick.release(false);
  if (!hasExited) parts.left(stick.writer);
  return ready;
}

function orderWriter(
  { cacheDirectory, lookMs }: ClaimParts,
  order: AttemptOrder,
  { manifest, manifestBytes }: PreparedContent,
  { geometry }: ClaimedDrive,
): WriterOrder {
  const { body } = manifest;
  return {
    body,
    geometry,
    consent: order.consent,
    lookMs,
    identity: stickIdentity(order.stickId),
    // An image is written as it is: its stick carries nothing of ours.
    stamps: stampFiles({ ...order, manifest: manifestBytes }),
    policy: order.policy,
    cacheDirectory,
    progressMs: PROGRESS_MS,
  };
}

function startOn(
  drive: ClaimedDrive,
  order: WriterOrder,
  events: StickEvents,
): ClaimedStick & { readonly ready: Promise<Result<void>> } {
  let resolve: (ready: Result<void>) => void = () => undefined;
  const ready = new Promise<Result<void>>((settle) => {
    resolve = settle;
  });
  let state: "starting" | "writing" | "ended" = "starting";
  const writer = startWriter({
    order,
    driveFd: drive.fd,
    onEvent: (event) => {
      if (state === "starting") {
        state = event.kind === "ready" ? "writing" : "ended";
        resolve(event.kind === "failed" ? fail(event.problem) : ok(undefined));
        return;
      }
      if (isEnd(event)) state = "ended";
      pass(event, events);
    },
  });
  void writer.exited.then((exit) => {
    const words = describeExit(exit);
    resolve(fail({ code: "writer_died", detail: `Cannot start the writer: it ended (${words})` }));
    if (state === "writing") events.event({ kind: "writer_died", words });
    state = "ended";
  });
  return {
    ready,
    writer,
    release: async (isAbandoned) => {
      // Late words of a writer that is being released say nothing that counts.
      state = "ended";
      writer.kill();
      const late = after(isAbandoned ? ABANDONED_WAIT_MS : EXIT_WAIT_MS).then(() => "late");
      if ((await Promise.race([writer.exited, late])) === "late") writer.leave();
      await drive.close();
    },
  };
}

function pass(event: WriterEvent, events: StickEvents): void {
  switch (event.kind) {
    case "ready":
      return;
    case "phase":
      events.phase(event.phase);
      events.progress({ phase: event.phase, doneBytes: 0, totalBytes: event.totalBytes });
      return;
    case "progress":
      events.progress(event);
      return;
    case "beat":
      events.beat(event);
      return;
    case "verified":
      events.measured(event.evidence);
      events.event({ kind: "verified" });
      return;
    case "sealed":
      events.measured(event.evidence);
      events.event({ kind: "sealed", proof: event.proof });
      return;
    case "stopped":
      events.event({ kind: "writer_stopped" });
      return;
    case "failed":
      if (event.evidence !== undefined) events.measured(event.evidence);
      events.event({ kind: "writer_failed", problem: event.problem, dirty: event.dirty });
      return;
  }
}

function isEnd(event: WriterEvent): boolean {
  return event.kind === "sealed" || event.kind === "failed" || event.kind === "stopped";
}

function describeExit({ exitCode, signal, lastWords }: WriterExit): string {
  const how = signal === null ? `exit code ${exitCode}` : `signal ${signal}`;
  const words = lastWords.trim();
  return words === "" ? how : `${how}: ${words}`;
}

function after(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs).unref();
  });
}

import type { AttemptOrder } from "@stickfarm/common/build/attempt-order";
import type { AttemptPhase } from "@stickfarm/common/build/attempt-phase";
import type { AttemptReport } from "@stickfarm/common/build/attempt-report";
import { type Evidence, NO_EVIDENCE } from "@stickfarm/common/build/evidence";
import type { AttemptOutcome } from "@stickfarm/common/build/job-state";
import type { Log } from "@stickfarm/common/log";
import type { Problem } from "@stickfarm/common/problem";
import type { Result } from "@stickfarm/common/result";
import {
  ACCEPTED,
  type AttemptEvent,
  type AttemptState,
  type AttemptStep,
  advanceAttempt,
} from "../attempt/attempt-state.ts";
import type { StallLimits } from "../attempt/stall-watch.ts";
import type { JournalRecord } from "../journal/journal-record.ts";
import type { ClaimedStick, StickEvents } from "./claim-stick.ts";
import { type DriveGuard, guardDrive } from "./guard-drive.ts";
import type { PreparedContent } from "./prepare-content.ts";
import type { Progress, ProgressMeter } from "./progress-meter.ts";

/** What an attempt needs of the world. */
export type AttemptPorts = {
  readonly prepare: (
    order: AttemptOrder,
    onProgress: (doneBytes: number, totalBytes: number) => void,
    signal: AbortSignal,
  ) => Promise<Result<PreparedContent>>;
  /** Open the drive and start its writer; nothing is written before `begin`. */
  readonly claim: (
    order: AttemptOrder,
    content: PreparedContent,
    events: StickEvents,
  ) => Promise<Result<ClaimedStick>>;
  readonly requestLease: (order: AttemptOrder) => void;
  readonly journal: (record: JournalRecord) => Promise<Result<void>>;
  readonly phase: (order: AttemptOrder, phase: AttemptPhase) => void;
  /** For a person; the attempt goes on. */
  readonly warn: (order: AttemptOrder, phase: AttemptPhase, warning: Problem) => void;
  readonly meter: ProgressMeter;
  readonly ended: (report: AttemptReport) => void;
  readonly stallLimits: StallLimits;
  /** A clock that never steps: neither leases nor silence depend on the time of day. */
  readonly nowMs: () => number;
  readonly log: Log;
};

/** With what it may take to let go of the drive, a cancel is answered within 2 s, whatever the drive does. */
const STOP_MAX_MS = 1_500;

/**
 * Carries out one attempt. Events go through the pure machine one at a time; its steps are done here.
 *
 * The machine decides, this class only acts: nothing below chooses what comes next.
 */
export class AttemptRunner {
  readonly order: AttemptOrder;
  readonly #ports: AttemptPorts;
  #state: AttemptState = ACCEPTED;
  #content: PreparedContent | null = null;
  #stick: ClaimedStick | null = null;
  #evidence: Omit<Evidence, "manifestSha256"> = NO_EVIDENCE;
  #progress: Progress | null = null;
  #guard: DriveGuard | null = null;
  #stopTimer: NodeJS.Timeout | null = null;
  #closed = false;
  #isAbandoned = false;
  /** Aborted when the attempt is over: what it alone waits for need not come. */
  readonly #ended = new AbortController();

  constructor(order: AttemptOrder, ports: AttemptPorts) {
    this.order = order;
    this.#ports = ports;
  }

  state(): AttemptState {
    return this.#state;
  }

  /** Take an event and do what follows from it. */
  tell(event: AttemptEvent): void {
    if (this.#closed) return;
    const { state, steps } = advanceAttempt(this.#state, event);
    this.#state = state;
    for (const step of steps) this.#carryOut(step);
  }

  /** Let go of the drive and say nothing more: this process ends. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#endTimers();
    await this.#release();
  }

  #carryOut(step: AttemptStep): void {
    this.#act(step).catch((error: unknown) => {
      // A step that throws is a fault of ours; the attempt must end all the same, and say so.
      this.#ports.log.error(
        { err: error, jobId: this.order.jobId, step: step.kind },
        "step failed",
      );
      const words = error instanceof Error ? error.message : String(error);
      this.tell({ kind: "writer_died", words: `fault in step ${step.kind}: ${words}` });
    });
  }

  async #act(step: AttemptStep): Promise<void> {
    switch (step.kind) {
      case "fetch":
        return this.#fetch();
      case "request_lease":
        return this.#ports.requestLease(this.order);
      case "claim":
        return this.#claim();
      case "journal":
        return this.#journal(step.record);
      case "begin":
        return this.#begin();
      case "seal":
        return this.#stick?.writer.seal();
      case "stop_writer":
        return this.#stop();
      case "abandon_writer":
        this.#isAbandoned = true;
        return this.#stick?.writer.kill();
      case "finish":
        return this.#finish(step.outcome);
    }
  }

  async #fetch(): Promise<void> {
    this.#ports.phase(this.order, "fetch");
    const onProgress = (doneBytes: number, totalBytes: number) =>
      this.#ports.meter.show(this.order, { phase: "fetch", doneBytes, totalBytes });
    const content = await this.#ports.prepare(this.order, onProgress, this.#ended.signal);
    if (content.ok) this.#content = content.value;
    this.tell(
      content.ok ? { kind: "content_ready" } : { kind: "content_failed", problem: content.problem },
    );
  }

  async #claim(): Promise<void> {
    if (this.#content === null) return;
    // A renewed lease finds the drive still claimed.
    if (this.#stick !== null) return this.tell({ kind: "claimed", nowMs: this.#ports.nowMs() });
    this.#ports.phase(this.order, "claim");
    const stick = await this.#ports.claim(this.order, this.#content, this.#stickEvents());
    if (!stick.ok) return this.tell({ kind: "claim_failed", problem: stick.problem });
    this.#stick = stick.value;
    // The attempt may have been canceled while the drive was being opened.
    if (this.#closed || this.#state.kind === "ended") await this.#release();
    else this.tell({ kind: "claimed", nowMs: this.#ports.nowMs() });
  }

  #stickEvents(): StickEvents {
    return {
      beat: (beat) => this.#guard?.hear(beat),
      progress: (progress) => {
        this.#progress = progress;
        this.#ports.meter.show(this.order, progress);
      },
      phase: (phase) => this.#ports.phase(this.order, phase),
      measured: (evidence) => {
        this.#evidence = evidence;
      },
      event: (event) => this.tell(event),
    };
  }

  async #journal(record: "destroying" | "sealing"): Promise<void> {
    const { jobId, attempt } = this.order;
    const written = await this.#ports.journal({ kind: record, jobId, attempt });
    this.tell(
      written.ok
        ? { kind: "journaled", record }
        : { kind: "journal_failed", problem: written.problem },
    );
  }

  #begin(): void {
    const { stallLimits: limits, nowMs, log, meter, warn } = this.#ports;
    const { jobId, attempt } = this.order;
    this.#guard = guardDrive({
      limits,
      nowMs,
      onSilent: (silentMs) => {
        if (this.#progress !== null) meter.show(this.order, { ...this.#progress, silentMs });
      },
      onWarning: (warning) => {
        log.warn({ jobId, attempt, detail: warning.detail }, "drive does not answer");
        warn(this.order, this.#progress?.phase ?? "erase", warning);
      },
      onHung: (problem) => this.tell({ kind: "stalled", problem }),
    });
    this.#stick?.writer.begin();
  }

  #stop(): void {
    this.#stopTimer ??= setTimeout(() => this.tell({ kind: "stop_overdue" }), STOP_MAX_MS);
    this.#stick?.writer.stop();
  }

  #endTimers(): void {
    this.#ended.abort();
    this.#guard?.end();
    if (this.#stopTimer !== null) clearTimeout(this.#stopTimer);
  }

  async #finish(outcome: AttemptOutcome): Promise<void> {
    this.#endTimers();
    await this.#release();
    const { jobId, attempt, fence, manifest } = this.order;
    const evidence: Evidence = { manifestSha256: manifest.sha256, ...this.#evidence };
    const report: AttemptReport = { jobId, attempt, fence, outcome: plain(outcome), evidence };
    const written = await this.#ports.journal({ kind: "result", report });
    if (!written.ok)
      this.#ports.log.error(
        { jobId, attempt, detail: written.problem.detail },
        "result not journaled",
      );
    this.#ports.phase(this.order, "ended");
    this.#ports.ended(report);
  }

  async #release(): Promise<void> {
    const stick = this.#stick;
    this.#stick = null;
    await stick?.release(this.#isAbandoned);
  }
}

/** Without causes, which are for this process's log. */
function plain(outcome: AttemptOutcome): AttemptOutcome {
  if (outcome.kind !== "failed") return outcome;
  const { code, detail }: Problem = outcome.problem;
  return { ...outcome, problem: { code, detail } };
}

import type { AttemptOrder } from "@stickfarm/common/build/attempt-order";
import type { AttemptReport } from "@stickfarm/common/build/attempt-report";
import { NO_EVIDENCE } from "@stickfarm/common/build/evidence";
import type { Problem } from "@stickfarm/common/problem";
import { recoverAttempt } from "../attempt/recover-attempt.ts";
import { attemptKey } from "../journal/fold-journal.ts";
import type { Journal } from "../journal/open-journal.ts";
import { type AttemptPorts, AttemptRunner } from "./attempt-runner.ts";

type Named = { readonly jobId: string; readonly attempt: number; readonly fence: number };

export type DeskPorts = Omit<AttemptPorts, "journal" | "ended"> & {
  readonly journal: Journal;
  /** A cached blob was not what it had been: it must be looked at again before it is used again. */
  readonly doubtCache: () => void;
  /** A report is in the journal and waits to be sent. */
  readonly reported: () => void;
};

/**
 * Takes orders and knows every attempt that runs. An order is carried out at most once: it is in the journal before
 * anything is done for it, and its fence must be higher than any that its drive has seen.
 */
export class OrderDesk {
  readonly #ports: DeskPorts;
  readonly #runners = new Map<string, AttemptRunner>();

  constructor(ports: DeskPorts) {
    this.#ports = ports;
  }

  /** Attempts that a crash cut off get their result, before any order is taken. */
  async recover(): Promise<void> {
    for (const held of this.#ports.journal.state().held.values()) {
      if (held.report !== null) continue;
      const { jobId, attempt, fence, manifestSha256 } = held.accepted;
      const outcome = recoverAttempt(held.last);
      this.#ports.log.warn({ jobId, attempt, last: held.last }, "attempt was cut off");
      const evidence = { manifestSha256, ...NO_EVIDENCE };
      await this.#report({ jobId, attempt, fence, outcome, evidence });
    }
  }

  runners(): readonly AttemptRunner[] {
    return [...this.#runners.values()];
  }

  /** Take an order; the same again changes nothing but may cancel. */
  async take(order: AttemptOrder): Promise<void> {
    const key = attemptKey(order);
    const runner = this.#runners.get(key);
    if (runner !== undefined) {
      if (order.cancel) runner.tell({ kind: "cancel" });
      return;
    }
    const state = this.#ports.journal.state();
    if (state.held.has(key)) return;
    const refusal = this.#whyRefused(order, state.fences[order.consent.driveId] ?? 0);
    const accepted = await this.#accept(order);
    if (!accepted) return;
    if (refusal !== null) return this.#refuse(order, refusal);
    this.#start(order);
  }

  grantLease(grant: Named & { readonly leaseMs: number }): void {
    const runner = this.#find(grant);
    if (runner === null) return;
    const leaseUntilMs = this.#ports.nowMs() + grant.leaseMs;
    runner.tell(
      grant.leaseMs > 0 ? { kind: "lease_granted", leaseUntilMs } : { kind: "lease_refused" },
    );
  }

  cancel(named: Named): void {
    this.#find(named)?.tell({ kind: "cancel" });
  }

  /** A new session: what was asked for in the old one may be lost. */
  askAgain(): void {
    for (const runner of this.#runners.values()) {
      if (runner.state().kind === "leasing") this.#ports.requestLease(runner.order);
    }
  }

  /** End the writers. Their sticks stay dirty, and what the journal says of them now is what the next run finds. */
  async close(): Promise<void> {
    await Promise.all(this.runners().map((runner) => runner.close()));
  }

  #find({ jobId, attempt, fence }: Named): AttemptRunner | null {
    const runner = this.#runners.get(attemptKey({ jobId, attempt }));
    return runner?.order.fence === fence ? runner : null;
  }

  #whyRefused(order: AttemptOrder, fenceSeen: number): Problem | null {
    const { driveId, serial, bay } = order.consent;
    if (order.fence <= fenceSeen)
      return {
        code: "fence_stale",
        detail: `Cannot take attempt ${order.attempt} for drive "${serial}": its fence is ${order.fence}, the drive has seen ${fenceSeen}`,
      };
    const holder = this.runners().find((runner) => runner.order.consent.driveId === driveId);
    if (holder === undefined) return null;
    return {
      code: "drive_busy",
      detail: `Cannot take attempt ${order.attempt} for drive "${serial}" in bay "${bay}": job "${holder.order.jobId}" writes it`,
    };
  }

  async #accept(order: AttemptOrder): Promise<boolean> {
    const { jobId, attempt, fence, consent, manifest } = order;
    const accepted = await this.#ports.journal.append({
      kind: "accepted",
      jobId,
      attempt,
      fence,
      driveId: consent.driveId,
      manifestSha256: manifest.sha256,
    });
    // Without a journal nothing may begin; the order comes again with the next session.
    if (!accepted.ok)
      this.#ports.log.error({ jobId, detail: accepted.problem.detail }, "order not taken");
    return accepted.ok;
  }

  #start(order: AttemptOrder): void {
    const { journal, reported, doubtCache, ...ports } = this.#ports;
    const runner = new AttemptRunner(order, {
      ...ports,
      journal: journal.append,
      ended: ({ outcome }) => {
        this.#runners.delete(attemptKey(order));
        if (outcome.kind === "failed" && outcome.problem.code === "cache_corrupt") doubtCache();
        ports.meter.forget(order);
        reported();
      },
    });
    this.#runners.set(attemptKey(order), runner);
    ports.log.info(
      { jobId: order.jobId, attempt: order.attempt, bay: order.consent.bay },
      "attempt accepted",
    );
    runner.tell(order.cancel ? { kind: "cancel" } : { kind: "started" });
  }

  #refuse(order: AttemptOrder, problem: Problem): Promise<void> {
    const { jobId, attempt, fence, manifest } = order;
    const outcome = { kind: "failed", problem, dirty: false } as const;
    const evidence = { manifestSha256: manifest.sha256, ...NO_EVIDENCE };
    return this.#report({ jobId, attempt, fence, outcome, evidence });
  }

  async #report(report: AttemptReport): Promise<void> {
    const written = await this.#ports.journal.append({ kind: "result", report });
    if (!written.ok)
      this.#ports.log.error(
        { jobId: report.jobId, detail: written.problem.detail },
        "result not journaled",
      );
    this.#ports.reported();
  }
}

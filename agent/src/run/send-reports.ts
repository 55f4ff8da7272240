import type { AttemptReport } from "@stickfarm/common/build/attempt-report";
import type { Log } from "@stickfarm/common/log";
import type { Result } from "@stickfarm/common/result";
import type { Journal } from "../journal/open-journal.ts";

export type ReportPorts = {
  readonly journal: Journal;
  readonly send: (report: AttemptReport) => Promise<Result<void>>;
  readonly log: Log;
};

const AGAIN_BASE_MS = 1000;
const AGAIN_MAX_MS = 30_000;

/** Sends what the journal holds until each report is acknowledged, however long that takes. */
export function startReports(ports: ReportPorts): {
  readonly wake: () => void;
  readonly close: () => Promise<void>;
} {
  let closed = false;
  let failures = 0;
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> | null = null;
  let again = false;

  const round = async () => {
    do {
      again = false;
      const allSent = await sendAll(ports);
      failures = allSent ? 0 : failures + 1;
    } while (again && !closed);
    running = null;
    if (failures > 0 && !closed)
      timer = setTimeout(wake, Math.min(AGAIN_MAX_MS, AGAIN_BASE_MS * 2 ** (failures - 1)));
  };
  function wake(): void {
    if (closed) return;
    if (timer !== null) clearTimeout(timer);
    again = true;
    running ??= round();
  }
  return {
    wake,
    close: async () => {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      await running;
    },
  };
}

/** True: nothing waits any more. */
async function sendAll({ journal, send, log }: ReportPorts): Promise<boolean> {
  let allSent = true;
  for (const { report } of journal.state().held.values()) {
    if (report === null) continue;
    const { jobId, attempt } = report;
    const sent = await send(report);
    if (!sent.ok) {
      log.warn(
        { jobId, attempt, code: sent.problem.code, detail: sent.problem.detail },
        "report not taken",
      );
      allSent = false;
      continue;
    }
    const noted = await journal.append({ kind: "acknowledged", jobId, attempt });
    if (noted.ok) continue;
    log.error({ jobId, attempt, detail: noted.problem.detail }, "acknowledgement not journaled");
    allSent = false;
  }
  return allSent;
}

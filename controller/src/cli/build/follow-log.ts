import { ok, type Result } from "@stickfarm/common/result";
import type { Controller } from "../connect/controller.ts";
import type { Session } from "../shell/session.ts";
import { EXIT_INTERRUPTED } from "../shell/shell.ts";
import { followBuild } from "../watch/watch-build.ts";
import { printLog } from "./print-log.ts";

/**
 * Print a build's log and what is added to it, until the build has ended. Each view of the build is the sign to look for
 * new lines, so that nothing is asked for while nothing happens.
 *
 * Shape:    exit status 0 when the build has ended, however; 130 when following was interrupted.
 * Problems: those of printLog and of watching.
 */
export async function followLog(
  session: Session,
  controller: Controller,
  buildId: string,
): Promise<Result<number>> {
  const interrupted = new AbortController();
  const stopListening = session.io.onInterrupt(() => interrupted.abort());
  const printer = startPrinter(session, controller, buildId);
  const { signal } = interrupted;
  try {
    const ended = await followBuild(session, controller, { buildId, signal, show: printer.look });
    const printed = await printer.end();
    if (!ended.ok) return ended;
    if (!printed.ok) return printed;
    return ok(ended.value === null ? EXIT_INTERRUPTED : 0);
  } finally {
    stopListening();
  }
}

/** One look at a time, and one waiting at most: it sees what came meanwhile. */
function startPrinter(session: Session, controller: Controller, buildId: string) {
  let last: Result<number> = ok(0);
  let waiting = false;
  let tail: Promise<void> = Promise.resolve();
  const printNew = async () => {
    waiting = false;
    if (last.ok) {
      const printed = await printLog(session, controller, { buildId, after: last.value });
      // A controller that restarts is waited for by who follows the build; the lines are there afterwards.
      if (printed.ok || printed.problem.code !== "controller_unreachable") last = printed;
    }
  };
  const look = () => {
    if (waiting) return;
    waiting = true;
    tail = tail.then(printNew);
  };
  const end = async () => {
    look();
    await tail;
    return last;
  };
  return { look, end };
}

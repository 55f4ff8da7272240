import { fail, ok, type Result } from "@stickfarm/common/result";
import { startProgressLine } from "../shell/progress-line.ts";
import { type Session, say } from "../shell/session.ts";
import type { Controller, Method } from "./controller.ts";

type Progress = { readonly doneBytes: number; readonly totalBytes: number };

export type Work<Request, Response> = {
  readonly method: Method<Request, Response>;
  readonly request: Request;
  /** What is done: "copying". */
  readonly doing: string;
  /** Said when Ctrl-C ends it: what is left behind. */
  readonly stopped: string;
};

/**
 * Have the controller do something long, with progress on stderr; Ctrl-C ends it there too.
 *
 * Shape: its last message; `null` when it was interrupted.
 */
export async function followWork<Request, Response extends Progress>(
  session: Session,
  controller: Controller,
  { method, request, doing, stopped }: Work<Request, Response>,
): Promise<Result<Response | null>> {
  const interrupted = new AbortController();
  const stopListening = session.io.onInterrupt(() => interrupted.abort());
  const progress = startProgressLine(session);
  let last: Response | null = null;
  const receive = (response: Response): Result<void> => {
    const { doneBytes, totalBytes } = response;
    progress.show({ doing, doneBytes, totalBytes });
    last = response;
    return ok(undefined);
  };
  try {
    const { signal } = interrupted;
    const followed = await controller.follow(method, request, { signal, receive });
    progress.clear();
    if (signal.aborted) {
      say(session, stopped);
      return ok(null);
    }
    return followed.ok ? ok(last) : followed;
  } finally {
    progress.clear();
    stopListening();
  }
}

/** The controller ended without saying what came of it. */
export function noAnswer(doing: string): Result<never> {
  const detail = `${doing}: the controller's answer does not hold what was done`;
  return fail({ code: "protocol_unsupported", detail });
}

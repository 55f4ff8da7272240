import { ok, type Result } from "@stickfarm/common/result";
import { logLineFromWire } from "@stickfarm/common/wire/build-log";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import type { Controller } from "../connect/controller.ts";
import { writeStreamed } from "../output/write-answer.ts";
import type { Session } from "../shell/session.ts";
import { renderLogLine } from "./render-log.ts";

/**
 * Print a build's log from behind the line `after` to where it ends now; gives the number of the last line.
 *
 * Problems: build_unknown, protocol_unsupported for a line of a newer controller.
 */
export async function printLog(
  session: Session,
  controller: Controller,
  part: { readonly buildId: string; readonly after: number },
): Promise<Result<number>> {
  let { after } = part;
  for (;;) {
    const request = { buildId: part.buildId, after };
    const answer = await controller.call(OperatorServiceService.getBuildLog, request);
    if (!answer.ok) return answer;
    for (const wire of answer.value.lines) {
      const line = logLineFromWire(wire);
      if (!line.ok) return line;
      writeStreamed(session, line.value, () => renderLogLine(line.value));
      after = line.value.number;
    }
    if (!answer.value.more) return ok(after);
  }
}

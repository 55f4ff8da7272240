import { renderBytes } from "@stickfarm/common/bytes";
import { ok, type Result } from "@stickfarm/common/result";
import {
  type DistributeContentRequest,
  OperatorServiceService,
} from "@stickfarm/proto/stickfarm/v1/operator";
import type { Controller } from "../connect/controller.ts";
import { followWork, noAnswer } from "../connect/follow-work.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Session } from "../shell/session.ts";
import { EXIT_INTERRUPTED, type Shell } from "../shell/shell.ts";

export function contentDistributeCommand(shell: Shell) {
  return newCommand(shell, {
    name: "distribute",
    description:
      "Copy a content to a distribution point, and read it back.\n\nWhat is there already is read and not copied, so that it may be repeated after an interruption, or after copying by other means. A web server is written to by PUT; one that takes none must get its files by other means, such as rsync of the library's folder sha256.",
    examples: ["stickfarm content distribute tools --to dp-oslo"],
  })
    .argument("<name>", "name of the content")
    .requiredOption("--to <point>", "name of the distribution point")
    .action((content, { to }, command) =>
      shell.ask(command, (session, controller) =>
        distribute(session, controller, { content, point: to }),
      ),
    );
}

async function distribute(
  session: Session,
  controller: Controller,
  request: DistributeContentRequest,
): Promise<Result<number>> {
  const last = await followWork(session, controller, {
    method: OperatorServiceService.distributeContent,
    request,
    doing: "copying",
    stopped: "Stopped; what was copied stays, and is gone on with the next time",
  });
  if (!last.ok) return last;
  if (last.value === null) return ok(EXIT_INTERRUPTED);
  const { distributed } = last.value;
  const { content, point } = request;
  if (distributed === undefined) return noAnswer(`Cannot copy content "${content}" to "${point}"`);
  const { fileCount, copiedBytes, presentBytes } = distributed;
  const files = `${fileCount} file${fileCount === 1 ? "" : "s"}`;
  const bytes = `${renderBytes(copiedBytes)} copied, ${renderBytes(presentBytes)} were there already`;
  writeAnswer(session, distributed, () => `${content} is at ${point}: ${files}, ${bytes}\n`);
  return ok(0);
}

import { ok } from "@stickfarm/common/result";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { parseBuild } from "../connect/build-picture.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import { say } from "../shell/session.ts";
import type { Shell } from "../shell/shell.ts";
import { watchBuilds } from "../watch/watch-build.ts";
import { fetchNamedBuild } from "./fetch-build.ts";

export function buildRetryCommand(shell: Shell) {
  return newCommand(shell, {
    name: "retry",
    description:
      "Try each failed or canceled stick of a build again, on the same drive.\n\nGood sticks are not touched. This is a new consent to erase the others: look at them before.",
    examples: ["stickfarm build retry --last --watch"],
  })
    .argument("[id]", "the build")
    .option("--last", "the newest build")
    .option("--watch", "show the build until it has ended; its result is the exit status")
    .action((id, { last, watch }, command) =>
      shell.ask(command, async (session, controller) => {
        const named = await fetchNamedBuild(controller, { id, last });
        if (!named.ok) return named;
        const { buildId } = named.value;
        const response = await controller.call(OperatorServiceService.retryBuild, { buildId });
        if (!response.ok) return response;
        const build = parseBuild(response.value.build);
        if (!build.ok) return build;
        say(session, `Build ${buildId} goes on`);
        if (watch) return watchBuilds(session, controller, [buildId]);
        writeAnswer(session, build.value, () => `${buildId}\n`);
        return ok(0);
      }),
    );
}

import { ok } from "@stickfarm/common/result";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { parseBuild } from "../connect/build-picture.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";
import { fetchNamedBuild } from "./fetch-build.ts";

export function buildCancelCommand(shell: Shell) {
  return newCommand(shell, {
    name: "cancel",
    description:
      "Stop a build.\n\nSticks that are sealed stay good; one that was begun is dirty and does not boot.",
    examples: ["stickfarm build cancel --last"],
  })
    .argument("[id]", "the build")
    .option("--last", "the newest build")
    .action((id, { last }, command) =>
      shell.ask(command, async (session, controller) => {
        const named = await fetchNamedBuild(controller, { id, last });
        if (!named.ok) return named;
        const { buildId } = named.value;
        const response = await controller.call(OperatorServiceService.cancelBuild, { buildId });
        if (!response.ok) return response;
        const build = parseBuild(response.value.build);
        if (!build.ok) return build;
        const { state } = build.value;
        const outcome = state === "running" ? "is being canceled" : `has ended before: ${state}`;
        writeAnswer(session, build.value, () => `Build ${buildId} ${outcome}\n`);
        return ok(0);
      }),
    );
}

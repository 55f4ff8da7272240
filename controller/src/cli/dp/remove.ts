import { ok } from "@stickfarm/common/result";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { writeAnswer } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";

export function dpRemoveCommand(shell: Shell) {
  return newCommand(shell, {
    name: "remove",
    description:
      "Remove a distribution point.\n\nWhat lies there stays. Definitions that name the point can no longer be built.",
    examples: ["stickfarm dp remove dp-oslo"],
  })
    .argument("<name>", "name of the distribution point")
    .action((name, _options, command) =>
      shell.ask(command, async (session, controller) => {
        const response = await controller.call(OperatorServiceService.removePoint, { name });
        if (!response.ok) return response;
        writeAnswer(
          session,
          { name, removed: true },
          () => `Removed distribution point ${name}; what lies there stays\n`,
        );
        return ok(0);
      }),
    );
}

import { ok } from "@stickfarm/common/result";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { writeAnswer } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";

export function secretRemoveCommand(shell: Shell) {
  return newCommand(shell, {
    name: "remove",
    description: "Remove a secret.\n\nDefinitions that name it can no longer be built.",
    examples: ["stickfarm secret remove media/hq"],
  })
    .argument("<name>", "name of the secret")
    .action((name, _options, command) =>
      shell.ask(command, async (session, controller) => {
        const response = await controller.call(OperatorServiceService.removeSecret, { name });
        if (!response.ok) return response;
        writeAnswer(session, { name, removed: true }, () => `Removed secret ${name}\n`);
        return ok(0);
      }),
    );
}

import { ok } from "@stickfarm/common/result";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { writeList } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";
import { STICK_COLUMNS } from "./stick-columns.ts";

export function stickListCommand(shell: Shell) {
  return newCommand(shell, {
    name: "list",
    description:
      "List the sticks that were built on, the last one first.\n\nA stick with a serial that can be trusted is the same one wherever it is plugged in; any other is one of its own at each insertion.",
    examples: ["stickfarm stick list", "stickfarm stick list -o json"],
  }).action((_options, command) =>
    shell.ask(command, async (session, controller) => {
      const response = await controller.call(OperatorServiceService.listSticks, {});
      if (!response.ok) return response;
      writeList(session, response.value.sticks, STICK_COLUMNS);
      return ok(0);
    }),
  );
}

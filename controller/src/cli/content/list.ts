import { ok } from "@stickfarm/common/result";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { writeList } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";
import { CONTENT_COLUMNS } from "./content-columns.ts";

export function contentListCommand(shell: Shell) {
  return newCommand(shell, {
    name: "list",
    description: "List the content library.",
    examples: ["stickfarm content list"],
  }).action((_options, command) =>
    shell.ask(command, async (session, controller) => {
      const response = await controller.call(OperatorServiceService.listContents, {
        bootImages: false,
      });
      if (!response.ok) return response;
      writeList(session, response.value.contents, CONTENT_COLUMNS);
      return ok(0);
    }),
  );
}

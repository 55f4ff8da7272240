import { ok } from "@stickfarm/common/result";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { writeList } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";
import { POINT_COLUMNS, viewPoint } from "./point-view.ts";

export function dpListCommand(shell: Shell) {
  return newCommand(shell, {
    name: "list",
    description:
      "List the distribution points and how many contents were copied there.\n\nlocal is the controller's own library and always there.",
    examples: ["stickfarm dp list"],
  }).action((_options, command) =>
    shell.ask(command, async (session, controller) => {
      const response = await controller.call(OperatorServiceService.listPoints, {});
      if (!response.ok) return response;
      writeList(session, response.value.points.map(viewPoint), POINT_COLUMNS);
      return ok(0);
    }),
  );
}

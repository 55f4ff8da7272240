import { ok } from "@stickfarm/common/result";
import { OperatorServiceService, type SecretSummary } from "@stickfarm/proto/stickfarm/v1/operator";
import { renderTime } from "../output/render-fields.ts";
import type { Column } from "../output/render-table.ts";
import { writeList } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";

const COLUMNS: readonly Column<SecretSummary>[] = [
  { head: "NAME", cell: ({ name }) => name },
  { head: "VERSION", cell: ({ version }) => version, align: "right" },
  { head: "CHANGED", cell: ({ changedAtMs }) => renderTime(changedAtMs) },
];

export function secretListCommand(shell: Shell) {
  return newCommand(shell, {
    name: "list",
    description: "List the names of secrets.\n\nValues are never shown.",
    examples: ["stickfarm secret list"],
  }).action((_options, command) =>
    shell.ask(command, async (session, controller) => {
      const response = await controller.call(OperatorServiceService.listSecrets, {});
      if (!response.ok) return response;
      writeList(session, response.value.secrets, COLUMNS);
      return ok(0);
    }),
  );
}

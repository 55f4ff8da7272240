import { ok } from "@stickfarm/common/result";
import {
  OperatorServiceService,
  type TaskSequenceSummary,
} from "@stickfarm/proto/stickfarm/v1/operator";
import { renderTime } from "../output/render-fields.ts";
import type { Column } from "../output/render-table.ts";
import { writeList } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";

const COLUMNS: readonly Column<TaskSequenceSummary>[] = [
  { head: "NAME", cell: ({ name }) => name },
  { head: "REVISION", cell: ({ revision }) => revision, align: "right" },
  { head: "DEPLOYMENT", cell: ({ preferredDeployment }) => preferredDeployment },
  { head: "PACKAGES", cell: ({ packages }) => packages.join(", ") },
  { head: "STORED", cell: ({ createdAtMs }) => renderTime(createdAtMs) },
  { head: "DESCRIPTION", cell: ({ description }) => description },
];

export function taskSequenceListCommand(shell: Shell) {
  return newCommand(shell, {
    name: "list",
    description: "List the task sequences, each with its newest revision.",
    examples: ["stickfarm task-sequence list"],
  }).action((_options, command) =>
    shell.ask(command, async (session, controller) => {
      const response = await controller.call(OperatorServiceService.listTaskSequences, {});
      if (!response.ok) return response;
      writeList(session, response.value.taskSequences, COLUMNS);
      return ok(0);
    }),
  );
}

import { ok } from "@stickfarm/common/result";
import { type AgentView, OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { renderTime } from "../output/render-fields.ts";
import type { Column } from "../output/render-table.ts";
import { writeList } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";

const COLUMNS: readonly Column<AgentView>[] = [
  { head: "NAME", cell: ({ name }) => name },
  { head: "STATE", cell: ({ state }) => state },
  { head: "DRIVES", cell: ({ driveCount }) => driveCount, align: "right" },
  { head: "ACTIVE", cell: ({ activeCount }) => activeCount, align: "right" },
  { head: "VERSION", cell: ({ version }) => version },
  { head: "SEEN", cell: ({ seenAtMs }) => renderTime(seenAtMs) || "never" },
];

export function agentListCommand(shell: Shell) {
  return newCommand(shell, {
    name: "list",
    description: "List the agents: whether they are connected, and what they do.",
    examples: ["stickfarm agent list"],
  }).action((_options, command) =>
    shell.ask(command, async (session, controller) => {
      const response = await controller.call(OperatorServiceService.listAgents, {});
      if (!response.ok) return response;
      writeList(session, response.value.agents, COLUMNS);
      return ok(0);
    }),
  );
}

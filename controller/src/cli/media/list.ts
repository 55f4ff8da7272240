import { ok } from "@stickfarm/common/result";
import { type MediaSummary, OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { renderTime } from "../output/render-fields.ts";
import type { Column } from "../output/render-table.ts";
import { writeList } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";

const COLUMNS: readonly Column<MediaSummary>[] = [
  { head: "NAME", cell: ({ name }) => name },
  { head: "REVISION", cell: ({ revision }) => revision, align: "right" },
  { head: "KIND", cell: ({ kind }) => kind },
  { head: "DIGEST", cell: ({ digest }) => digest.slice(0, 12) },
  { head: "STORED", cell: ({ createdAtMs }) => renderTime(createdAtMs) },
  { head: "DESCRIPTION", cell: ({ description }) => description },
];

export function mediaListCommand(shell: Shell) {
  return newCommand(shell, {
    name: "list",
    description:
      "List the media definitions, each with its newest revision.\n\nWith --history every revision of one, the newest first.",
    examples: ["stickfarm media list", "stickfarm media list --history hq-bare-metal"],
  })
    .option("--history <name>", "every revision of this definition")
    .action(({ history = "" }, command) =>
      shell.ask(command, async (session, controller) => {
        const request = { historyOf: history };
        const response = await controller.call(OperatorServiceService.listMedia, request);
        if (!response.ok) return response;
        writeList(session, response.value.media, COLUMNS);
        return ok(0);
      }),
    );
}

import { renderElapsed } from "@stickfarm/common/durations";
import { ok } from "@stickfarm/common/result";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { type BuildPicture, parseBuild } from "../connect/build-picture.ts";
import { renderTime } from "../output/render-fields.ts";
import type { Column } from "../output/render-table.ts";
import { writeList } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";

type ListedBuild = Omit<BuildPicture, "jobs">;

const COLUMNS: readonly Column<ListedBuild>[] = [
  { head: "BUILD", cell: ({ buildId }) => buildId },
  { head: "STATE", cell: ({ state }) => state },
  { head: "MEDIA", cell: ({ media }) => `${media.name}@${media.revision}` },
  { head: "STARTED", cell: ({ createdAtMs }) => renderTime(createdAtMs) },
  {
    head: "TOOK",
    cell: ({ createdAtMs, endedAtMs }) =>
      endedAtMs === null ? "" : renderElapsed(endedAtMs - createdAtMs),
    align: "right",
  },
];

export function buildListCommand(shell: Shell) {
  return newCommand(shell, {
    name: "list",
    description: "List the newest hundred builds, the newest first.",
    examples: ["stickfarm build list"],
  }).action((_options, command) =>
    shell.ask(command, async (session, controller) => {
      const response = await controller.call(OperatorServiceService.listBuilds, {});
      if (!response.ok) return response;
      const builds: ListedBuild[] = [];
      for (const view of response.value.builds) {
        const build = parseBuild(view);
        if (!build.ok) return build;
        const { jobs: _, ...listed } = build.value;
        builds.push(listed);
      }
      writeList(session, builds, COLUMNS);
      return ok(0);
    }),
  );
}

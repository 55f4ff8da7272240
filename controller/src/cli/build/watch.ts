import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";
import { watchBuilds } from "../watch/watch-build.ts";
import { fetchBuild } from "./fetch-build.ts";

export function buildWatchCommand(shell: Shell) {
  return newCommand(shell, {
    name: "watch",
    description:
      "Show builds until they have ended.\n\nIt is drawn on a terminal, told in a pipe by a line per change, and printed with -o json as a view per line. Exit status 0: every stick is good; 1: one is not; 130: watching was interrupted, the build goes on.",
    examples: ["stickfarm build watch --last", "stickfarm build watch --last -o json | jq .state"],
  })
    .argument("[id...]", "the builds; without any the newest")
    .option("--last", "the newest build")
    .action((ids, { last }, command) =>
      shell.ask(command, async (session, controller) => {
        const buildIds: string[] = [];
        for (const id of ids.length === 0 ? [undefined] : ids) {
          const build = await fetchBuild(controller, { id, last });
          if (!build.ok) return build;
          buildIds.push(build.value.buildId);
        }
        return watchBuilds(session, controller, buildIds);
      }),
    );
}

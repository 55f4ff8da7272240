import { collect } from "../argument/collect.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";
import { startBuild } from "./start-build.ts";

export function buildStartCommand(shell: Shell) {
  return newCommand(shell, {
    name: "start",
    description:
      "Erase drives and build media on them.\n\nThe plan is shown first, and the number of drives has to be typed unless --yes is given. The build's id is the answer; with --watch the build itself. A request whose answer was lost is repeated with --request-id: it starts nothing twice.",
    examples: [
      "stickfarm build start hq-bare-metal --on ws-1",
      "stickfarm build start hq-bare-metal@3 --on ws-1/1 --on ws-1/2 --yes --watch",
    ],
  })
    .argument("[name[@revision]]", "media and revision; without a revision the newest")
    .option("--on <agent[/bay]>", "an agent with all its bays, or one bay; repeatable", collect)
    .option("--yes", "erase what the plan shows without asking")
    .option("--watch", "show the build until it has ended; its result is the exit status")
    .option("--request-id <id>", "repeat the request of this id, or give a new one this id")
    .action((media, options, command) =>
      shell.ask(command, (session, controller) =>
        startBuild(session, controller, { media, ...options }),
      ),
    );
}

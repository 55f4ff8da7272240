import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";
import { showContent } from "./show-content.ts";

export function contentShowCommand(shell: Shell) {
  return newCommand(shell, {
    name: "show",
    description: "Show a content with each of its files, sizes and digests.",
    examples: ["stickfarm content show tools", "stickfarm content show tools -o json"],
  })
    .argument("<name>", "name of the content")
    .action((name, _options, command) =>
      shell.ask(command, (session, controller) => showContent(session, controller, name)),
    );
}

import { showContent } from "../content/show-content.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";

export function bootImageShowCommand(shell: Shell) {
  return newCommand(shell, {
    name: "show",
    description: "Show a boot image: what it starts on, and each of its files.",
    examples: ["stickfarm boot-image show winpe-x64"],
  })
    .argument("<name>", "name of the boot image")
    .action((name, _options, command) =>
      shell.ask(command, (session, controller) => showContent(session, controller, name)),
    );
}

import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";
import { checkPlaces } from "./check-places.ts";

export function dpCheckCommand(shell: Shell) {
  return newCommand(shell, {
    name: "check",
    description:
      "Read back what was copied to distribution points.\n\nFinds what is missing, damaged, or may not be read; exit status 1 when anything is. Without a name all points are checked, but not the controller's library: that is `content verify`.",
    examples: ["stickfarm dp check", "stickfarm dp check dp-oslo --quick"],
  })
    .argument("[name...]", "names of distribution points")
    .option("--quick", "compare sizes only, and read nothing")
    .action((points, { quick = false }, command) =>
      shell.ask(command, (session, controller) =>
        checkPlaces(session, controller, { points, contents: [], quick }),
      ),
    );
}

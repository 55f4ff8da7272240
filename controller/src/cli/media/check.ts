import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";
import { applyMedia } from "./apply-media.ts";
import { checkOffline } from "./check-offline.ts";

export function mediaCheckCommand(shell: Shell) {
  return newCommand(shell, {
    name: "check",
    description:
      "Check a media definition against every rule and what the controller holds.\n\nNothing is stored. With --offline no controller is asked, and names are not looked up.",
    examples: [
      "stickfarm media check hq.yaml",
      "stickfarm media check - < hq.yaml",
      "stickfarm media check hq.yaml --offline -o json",
    ],
  })
    .argument("<file>", "the definition, YAML; - is standard input")
    .option("--offline", "ask no controller")
    .action((file, { offline = false }, command) =>
      offline
        ? shell.run(command, (session) => checkOffline(session, file))
        : shell.ask(command, (session, controller) =>
            applyMedia(session, controller, { file, dryRun: true }),
          ),
    );
}

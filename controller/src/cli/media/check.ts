import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";
import { applyMedia } from "./apply-media.ts";

export function mediaCheckCommand(shell: Shell) {
  return newCommand(shell, {
    name: "check",
    description:
      "Check a media definition against every rule and what the controller holds.\n\nNothing is stored.",
    examples: ["stickfarm media check hq.yaml", "stickfarm media check - < hq.yaml"],
  })
    .argument("<file>", "the definition, YAML; - is standard input")
    .action((file, _options, command) =>
      shell.ask(command, (session, controller) =>
        applyMedia(session, controller, { file, dryRun: true }),
      ),
    );
}

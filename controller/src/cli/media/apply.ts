import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";
import { applyMedia } from "./apply-media.ts";

export function mediaApplyCommand(shell: Shell) {
  return newCommand(shell, {
    name: "apply",
    description:
      "Store a media definition as a new revision, unless nothing changed.\n\nWith an error in it nothing is stored, and every finding is printed.",
    examples: ["stickfarm media apply -f hq.yaml", "stickfarm media apply -f hq.yaml --dry-run"],
  })
    .requiredOption("-f, --file <file>", "the definition, YAML; - is standard input")
    .option("--dry-run", "check only, store nothing")
    .action(({ file, dryRun = false }, command) =>
      shell.ask(command, (session, controller) =>
        applyMedia(session, controller, { file, dryRun }),
      ),
    );
}

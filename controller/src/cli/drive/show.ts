import { ok } from "@stickfarm/common/result";
import { writeAnswer } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";
import { findDrive } from "./find-drive.ts";
import { renderDrive } from "./render-drive.ts";

export function driveShowCommand(shell: Shell) {
  return newCommand(shell, {
    name: "show",
    description: "Show all that is known of the drive in one bay.",
    examples: ["stickfarm drive show ws-1/usb-2-1.3", "stickfarm drive show 1 -o json"],
  })
    .argument("<[agent/]bay>", "the bay; the agent may be left out where one alone has such a bay")
    .action((bay, _options, command) =>
      shell.ask(command, async (session, controller) => {
        const found = await findDrive(controller, bay);
        if (!found.ok) return found;
        writeAnswer(session, found.value, () => renderDrive(found.value));
        return ok(0);
      }),
    );
}

import { ok } from "@stickfarm/common/result";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { parseMediaRef } from "../argument/parse-media-ref.ts";
import { writeApplied } from "../media/write-applied.ts";
import { renderTime } from "../output/render-fields.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";

export function taskSequenceShowCommand(shell: Shell) {
  return newCommand(shell, {
    name: "show",
    description:
      "Print a task sequence as it was applied, comments and all.\n\nWithout @REVISION the newest.",
    examples: [
      "stickfarm task-sequence show install-w11",
      "stickfarm task-sequence show install-w11@2 -o yaml > install-w11.yaml",
    ],
  })
    .argument("<name[@revision]>", "task sequence and revision")
    .action((text, _options, command) =>
      shell.ask(command, async (session, controller) => {
        const ref = parseMediaRef(text);
        if (!ref.ok) return ref;
        const response = await controller.call(OperatorServiceService.getTaskSequence, ref.value);
        if (!response.ok) return response;
        const { taskSequence, yaml } = response.value;
        const note =
          taskSequence === undefined
            ? ""
            : `${taskSequence.name}@${taskSequence.revision}, ${taskSequence.digest}, stored ${renderTime(taskSequence.createdAtMs)}`;
        writeApplied(session, { yaml, value: { ...taskSequence, yaml }, note });
        return ok(0);
      }),
    );
}

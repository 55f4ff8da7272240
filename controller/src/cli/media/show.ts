import { ok } from "@stickfarm/common/result";
import { sanitizeLines } from "@stickfarm/common/sanitize-text";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { parseMediaRef } from "../argument/parse-media-ref.ts";
import { renderTime } from "../output/render-fields.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import { say } from "../shell/session.ts";
import type { Shell } from "../shell/shell.ts";

export function mediaShowCommand(shell: Shell) {
  return newCommand(shell, {
    name: "show",
    description: "Print a media definition as it was applied.\n\nWithout @REVISION the newest.",
    examples: [
      "stickfarm media show hq-bare-metal",
      "stickfarm media show hq-bare-metal@3 > hq.yaml",
    ],
  })
    .argument("<name[@revision]>", "media and revision")
    .action((text, _options, command) =>
      shell.ask(command, async (session, controller) => {
        const ref = parseMediaRef(text);
        if (!ref.ok) return ref;
        const response = await controller.call(OperatorServiceService.getMedia, ref.value);
        if (!response.ok) return response;
        const { media, yaml } = response.value;
        // A file gets what was applied, byte for byte; a terminal gets what is safe to look at.
        const shown = session.io.stdout.isTTY === true ? sanitizeLines(yaml) : yaml;
        writeAnswer(session, { ...media, yaml }, () => `${shown.trimEnd()}\n`);
        if (media !== undefined && session.format === "table")
          say(
            session,
            `${media.name}@${media.revision}, ${media.digest}, stored ${renderTime(media.createdAtMs)}`,
          );
        return ok(0);
      }),
    );
}

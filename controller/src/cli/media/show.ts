import { ok } from "@stickfarm/common/result";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { parseMediaRef } from "../argument/parse-media-ref.ts";
import { renderTime } from "../output/render-fields.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";
import { writeApplied } from "./write-applied.ts";

export function mediaShowCommand(shell: Shell) {
  return newCommand(shell, {
    name: "show",
    description:
      "Print a media definition as it was applied, comments and all.\n\nWithout @REVISION the newest; `media list --history NAME` has them all.",
    examples: [
      "stickfarm media show hq-bare-metal",
      "stickfarm media show hq-bare-metal@3 -o yaml > hq.yaml",
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
        const note =
          media === undefined
            ? ""
            : `${media.name}@${media.revision}, ${media.digest}, stored ${renderTime(media.createdAtMs)}`;
        writeApplied(session, { yaml, value: { ...media, yaml }, note });
        return ok(0);
      }),
    );
}

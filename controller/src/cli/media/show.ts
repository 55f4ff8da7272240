import { ok, type Result } from "@stickfarm/common/result";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { type MediaRef, parseMediaRef } from "../argument/parse-media-ref.ts";
import type { Controller } from "../connect/controller.ts";
import { renderTime } from "../output/render-fields.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Session } from "../shell/session.ts";
import type { Shell } from "../shell/shell.ts";
import { describeBoot, showBoot } from "./show-boot.ts";
import { writeApplied } from "./write-applied.ts";

export function mediaShowCommand(shell: Shell) {
  return newCommand(shell, {
    name: "show",
    description:
      "Print a media definition as it was applied, comments and all, and what came of booting it.\n\nWithout @REVISION the newest; `media list --history NAME` has them all. With --boot the console of that boot instead.",
    examples: [
      "stickfarm media show hq-bare-metal",
      "stickfarm media show hq-bare-metal@3 -o yaml > hq.yaml",
      "stickfarm media show hq-bare-metal@3 --boot 2 --screenshot hq.png",
    ],
  })
    .argument("<name[@revision]>", "media and revision")
    .option("--boot <number>", "print what was on the console of this boot; 0 is the newest")
    .option("--screenshot <file>", "with --boot: write its picture of the screen, PNG")
    .action((text, { boot, screenshot }, command) =>
      shell.ask(command, async (session, controller) => {
        const ref = parseMediaRef(text);
        if (!ref.ok) return ref;
        if (boot !== undefined)
          return showBoot(session, controller, { ref: ref.value, boot, screenshot });
        return showDefinition(session, controller, ref.value);
      }),
    );
}

async function showDefinition(
  session: Session,
  controller: Controller,
  ref: MediaRef,
): Promise<Result<number>> {
  const response = await controller.call(OperatorServiceService.getMedia, ref);
  if (!response.ok) return response;
  const { media, yaml, boots } = response.value;
  const stored =
    media === undefined
      ? ""
      : `${media.name}@${media.revision}, ${media.digest}, stored ${renderTime(media.createdAtMs)}`;
  const note = [stored, ...boots.map(describeBoot)].join("\n");
  writeApplied(session, { yaml, value: { ...media, yaml, boots }, note });
  return ok(0);
}

import { whyUnanswered } from "@stickfarm/common/drive/answer-asks";
import { ok } from "@stickfarm/common/result";
import { collect } from "../argument/collect.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";
import { fetchPlan } from "./fetch-plan.ts";
import { renderPlan, whyNotBuildable } from "./render-plan.ts";

export function planCommand(shell: Shell) {
  return newCommand(shell, {
    name: "plan",
    description:
      "Show which drives a build would erase, and which are refused and why.\n\nNothing is changed. Exit status 0: every drive named can be written; 5: at least one is refused or waits for its serial, or there is none.",
    examples: [
      "stickfarm plan hq-bare-metal --on ws-1",
      "stickfarm plan hq-bare-metal@3 --on ws-1/1 --on ws-2/4",
    ],
  })
    .argument("<name[@revision]>", "media and revision; without a revision the newest")
    .option("--on <agent[/bay]>", "an agent with all its bays, or one bay; repeatable", collect)
    .option("--erase <serial>", "erase a drive that a yes alone does not; repeatable", collect)
    .action((media, { on = [], erase = [] }, command) =>
      shell.ask(command, async (session, controller) => {
        const plan = await fetchPlan(controller, { media, on });
        if (!plan.ok) return plan;
        const { picture } = plan.value;
        writeAnswer(session, picture, () =>
          renderPlan(picture, { color: session.color, typed: erase }),
        );
        const problem = whyNotBuildable(picture) ?? whyUnanswered(picture.drives, erase);
        return problem === null ? ok(0) : { ok: false, problem };
      }),
    );
}

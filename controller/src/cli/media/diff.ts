import { ok } from "@stickfarm/common/result";
import { parseMediaRef } from "../argument/parse-media-ref.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";
import { diffMedia } from "./diff-media.ts";
import { renderDiff } from "./render-diff.ts";

export function mediaDiffCommand(shell: Shell) {
  return newCommand(shell, {
    name: "diff",
    description:
      "Show what differs between two revisions: fields, and files on the stick.\n\nDefaults count as if they were written. Both are compiled as they would be now; settings.sealed is sealed anew each\ntime and is not compared.",
    examples: [
      "stickfarm media diff hq-bare-metal@1 hq-bare-metal",
      "stickfarm media diff hq-bare-metal oslo-bare-metal --fields -o json",
    ],
  })
    .argument("<before>", "media and revision, NAME[@REVISION]")
    .argument("<after>", "media and revision, NAME[@REVISION]")
    .option("--fields", "fields only; nothing is compiled")
    .action((one, other, { fields = false }, command) =>
      shell.ask(command, async (session, controller) => {
        const before = parseMediaRef(one);
        if (!before.ok) return before;
        const after = parseMediaRef(other);
        if (!after.ok) return after;
        const pair = { before: before.value, after: after.value, withFiles: !fields };
        const diff = await diffMedia(controller, pair);
        if (!diff.ok) return diff;
        writeAnswer(session, diff.value, () => renderDiff(diff.value, session));
        return ok(0);
      }),
    );
}

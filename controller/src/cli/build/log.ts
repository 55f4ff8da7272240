import { ok } from "@stickfarm/common/result";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";
import { fetchBuild } from "./fetch-build.ts";
import { followLog } from "./follow-log.ts";
import { printLog } from "./print-log.ts";

export function buildLogCommand(shell: Shell) {
  return newCommand(shell, {
    name: "log",
    description:
      "Print what a build was made of, and every turn that it took.\n\nThe first line names the revision, every content with its digest, the distribution points, the boot image, the label, the prestart command, each variable and each drive. Values of secrets are never in it. With -o json one object a line.",
    examples: [
      "stickfarm build log --last",
      "stickfarm build log --last --follow",
      "stickfarm build log --last -o json | jq .event",
    ],
  })
    .argument("[id]", "the build; without it the newest")
    .option("--last", "the newest build")
    .option("--follow", "go on until the build has ended")
    .action((id, { last, follow }, command) =>
      shell.ask(command, async (session, controller) => {
        const build = await fetchBuild(controller, { id, last });
        if (!build.ok) return build;
        const { buildId } = build.value;
        if (follow === true) return followLog(session, controller, buildId);
        const printed = await printLog(session, controller, { buildId, after: 0 });
        return printed.ok ? ok(0) : printed;
      }),
    );
}

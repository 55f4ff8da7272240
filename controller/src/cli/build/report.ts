import { ok } from "@stickfarm/common/result";
import { writeAnswer } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";
import { fetchBuild } from "./fetch-build.ts";
import { makeReport, renderReport } from "./render-report.ts";

export function buildReportCommand(shell: Shell) {
  return newCommand(shell, {
    name: "report",
    description:
      "Report what a build did to each stick, and how that was proven.\n\nExit status 0 when the report could be made, whatever it says.",
    examples: [
      "stickfarm build report --last",
      "stickfarm build report --last -o json > report.json",
    ],
  })
    .argument("[id]", "the build; without it the newest")
    .option("--last", "the newest build")
    .action((id, { last }, command) =>
      shell.ask(command, async (session, controller) => {
        const build = await fetchBuild(controller, { id, last });
        if (!build.ok) return build;
        const report = makeReport(build.value);
        writeAnswer(session, report, () => renderReport(report, session));
        return ok(0);
      }),
    );
}

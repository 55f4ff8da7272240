import { ok } from "@stickfarm/common/result";
import { writeAnswer } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";
import { readLook } from "../shell/terminal.ts";
import { observeBuild } from "../view/observe-build.ts";
import { renderBuild } from "../view/render-build.ts";
import { renderPolicy } from "../view/render-policy.ts";
import { fetchBuild } from "./fetch-build.ts";

export function buildShowCommand(shell: Shell) {
  return newCommand(shell, {
    name: "show",
    description: "Show where a build stands: each drive, and why it waits or failed.",
    examples: ["stickfarm build show --last", "stickfarm build show 01JD3Z6Q0V9W5T8K2M4N6P8R0S"],
  })
    .argument("[id]", "the build; without it the newest")
    .option("--last", "the newest build")
    .action((id, { last }, command) =>
      shell.ask(command, async (session, controller) => {
        const build = await fetchBuild(controller, { id, last });
        if (!build.ok) return build;
        writeAnswer(session, build.value, () => {
          const nowMs = session.io.nowMs();
          const look = { ...readLook(session.io.stdout, session.io.env), rows: null, nowMs };
          const lines = renderBuild(observeBuild(null, build.value, nowMs), {
            ...look,
            color: session.color,
          });
          const { policy } = build.value;
          const writing = policy === null ? [] : [`writing: ${renderPolicy(policy)}`];
          return `${[...lines, ...writing].join("\n")}\n`;
        });
        return ok(0);
      }),
    );
}

import { LOCAL_DISTRIBUTION_POINT } from "@stickfarm/common/media/definition";
import { checkPlaces } from "../dp/check-places.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";

export function contentVerifyCommand(shell: Shell) {
  return newCommand(shell, {
    name: "verify",
    description:
      "Read back the content library.\n\nFinds what is missing or damaged; exit status 1 when anything is. A file that is damaged is removed, so that adding its content again makes it good.",
    examples: ["stickfarm content verify", "stickfarm content verify tools"],
  })
    .argument("[name...]", "names of contents; else all")
    .action((contents, _options, command) =>
      shell.ask(command, (session, controller) =>
        checkPlaces(session, controller, {
          points: [LOCAL_DISTRIBUTION_POINT],
          contents,
          quick: false,
        }),
      ),
    );
}

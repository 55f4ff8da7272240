import { ok } from "@stickfarm/common/result";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { CONTENT_COLUMNS } from "../content/content-columns.ts";
import { writeList } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";

export function bootImageListCommand(shell: Shell) {
  return newCommand(shell, {
    name: "list",
    description: "List the boot images in the content library.",
    examples: ["stickfarm boot-image list"],
  }).action((_options, command) =>
    shell.ask(command, async (session, controller) => {
      const response = await controller.call(OperatorServiceService.listContents, {
        bootImages: true,
      });
      if (!response.ok) return response;
      writeList(session, response.value.contents, [
        ...CONTENT_COLUMNS.slice(0, 1),
        { head: "ARCH", cell: ({ bootImage }) => bootImage?.architectures.join(",") ?? "" },
        { head: "BIOS", cell: ({ bootImage }) => bootImage?.biosBoot ?? "" },
        ...CONTENT_COLUMNS.slice(1),
      ]);
      return ok(0);
    }),
  );
}

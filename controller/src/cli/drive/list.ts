import { renderBytes } from "@stickfarm/common/bytes";
import { describeContents } from "@stickfarm/common/drive/describe-contents";
import { ok } from "@stickfarm/common/result";
import { contentsFromWire } from "@stickfarm/common/wire/contents";
import { type DriveView, OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import type { Column } from "../output/render-table.ts";
import { writeList } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";
import { renderLinkSpeed } from "./render-drive.ts";

const COLUMNS: readonly Column<DriveView>[] = [
  { head: "AGENT", cell: ({ agent }) => agent },
  { head: "BAY", cell: ({ drive }) => drive?.bay ?? "" },
  { head: "LABEL", cell: ({ label }) => label, optional: true },
  { head: "STATE", cell: ({ state }) => state },
  { head: "SERIAL", cell: ({ drive }) => drive?.serial ?? "" },
  { head: "SIZE", cell: ({ drive }) => renderBytes(drive?.sizeBytes ?? 0), align: "right" },
  { head: "SPEED", cell: ({ drive }) => renderLinkSpeed(drive?.facts?.usb), align: "right" },
  { head: "HOLDS", cell: ({ drive }) => describeContents(contentsFromWire(drive?.contents)) },
  {
    head: "REASONS",
    cell: ({ drive }) =>
      [...(drive?.refusals ?? []), ...(drive?.asks ?? [])].map(({ detail }) => detail).join("; "),
  },
];

export function driveListCommand(shell: Shell) {
  return newCommand(shell, {
    name: "list",
    description: "List the drives that the agents offer, and why some cannot be written.",
    examples: ["stickfarm drive list", "stickfarm drive list --agent ws-1"],
  })
    .option("--agent <name>", "only the drives of this agent")
    .action(({ agent = "" }, command) =>
      shell.ask(command, async (session, controller) => {
        const response = await controller.call(OperatorServiceService.listDrives, { agent });
        if (!response.ok) return response;
        writeList(session, response.value.drives, COLUMNS);
        return ok(0);
      }),
    );
}

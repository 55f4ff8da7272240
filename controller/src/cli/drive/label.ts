import { ok } from "@stickfarm/common/result";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { parseBay } from "../argument/parse-bay.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";
import { findDrive } from "./find-drive.ts";

export function driveLabelCommand(shell: Shell) {
  return newCommand(shell, {
    name: "label",
    description:
      "Call a bay by a label of your own.\n\nThe label stays with the port while sticks come and go. It is shown wherever the bay is, and can be typed wherever a bay is named. An empty one takes it away.",
    examples: [
      'stickfarm drive label ws-1/usb-2-1.3 "left hub 3"',
      'stickfarm drive label ws-1/usb-2-1.3 ""',
    ],
  })
    .argument("<[agent/]bay>", "the bay, with a stick in it")
    .argument("<label>", "1 to 32 characters that no other bay of the agent has")
    .action((named, label, _options, command) =>
      shell.ask(command, async (session, controller) => {
        const parsed = parseBay(named);
        if (!parsed.ok) return parsed;
        // A label is taken away from an empty port too; then the port must be named in full.
        const isWhole = label === "" && parsed.value.agent !== "";
        const found = isWhole ? ok(null) : await findDrive(controller, named);
        if (!found.ok) return found;
        const place =
          found.value === null
            ? parsed.value
            : { agent: found.value.agent, bay: found.value.drive.bay };
        const labeled = await controller.call(OperatorServiceService.labelBay, { ...place, label });
        if (!labeled.ok) return labeled;
        const where = `${place.agent}/${place.bay}`;
        const text = label === "" ? `${where} has no label` : `${where} is "${label}"`;
        writeAnswer(session, { ...place, label }, () => `${text}\n`);
        return ok(0);
      }),
    );
}

import { renderBytes, renderRate } from "@stickfarm/common/bytes";
import { ok } from "@stickfarm/common/result";
import {
  OperatorServiceService,
  type StickHistory,
  type StickView,
} from "@stickfarm/proto/stickfarm/v1/operator";
import { renderFields, renderTime } from "../output/render-fields.ts";
import { renderTable } from "../output/render-table.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Session } from "../shell/session.ts";
import type { Shell } from "../shell/shell.ts";
import { ATTEMPT_COLUMNS } from "./stick-columns.ts";

export function stickShowCommand(shell: Shell) {
  return newCommand(shell, {
    name: "show",
    description:
      "Show what was done to a stick: every build of it, and what it has shown.\n\nNamed by its serial, by the stick id of one of its builds, or by the bay that it is in now. Sticks that share a serial are all shown.",
    examples: ["stickfarm stick show 4C530001", "stickfarm stick show ws-1/usb-2-1.3"],
  })
    .argument("<stick>", "serial, stick id or agent/bay")
    .action((name, _options, command) =>
      shell.ask(command, async (session, controller) => {
        const response = await controller.call(OperatorServiceService.getStick, { name });
        if (!response.ok) return response;
        const { sticks } = response.value;
        writeAnswer(session, sticks, () =>
          sticks.map((stick) => renderHistory(stick, session)).join("\n"),
        );
        return ok(0);
      }),
    );
}

function renderHistory({ stick, attempts }: StickHistory, session: Session): string {
  const fields = stick === undefined ? "" : renderFields(describe(stick));
  return `${fields}\n${renderTable(attempts, ATTEMPT_COLUMNS, session)}`;
}

function describe(stick: StickView): Parameters<typeof renderFields>[0] {
  const { capacity, capacityAtMs } = stick;
  const passed = capacityAtMs === 0 ? "not shown" : `${capacity}, ${renderTime(capacityAtMs)}`;
  return [
    ["Serial", stick.serial],
    ["Model", stick.model],
    ["Size", renderBytes(stick.sizeBytes)],
    ["Known by", stick.isKnownAgain ? "its serial" : stick.key],
    ["First build", renderTime(stick.firstAtMs)],
    ["Capacity", passed],
    ["Writes", speedOf(stick.writeBytesPerSecond)],
    ["Reads", speedOf(stick.readBytesPerSecond)],
    ["Attempts", `${stick.good} good, ${stick.failed} failed, ${stick.repaired} repaired`],
  ];
}

function speedOf(bytesPerSecond: number): string | null {
  return bytesPerSecond === 0 ? null : renderRate(bytesPerSecond);
}

import { fail, ok, type Result } from "@stickfarm/common/result";
import {
  type LocateDriveResponse,
  OperatorServiceService,
} from "@stickfarm/proto/stickfarm/v1/operator";
import type { Controller } from "../connect/controller.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import { type Session, say } from "../shell/session.ts";
import { EXIT_INTERRUPTED, type Shell } from "../shell/shell.ts";
import { findDrive } from "./find-drive.ts";

const SECONDS_DEFAULT = "20";

export function driveLocateCommand(shell: Shell) {
  return newCommand(shell, {
    name: "locate",
    description:
      "Have the light of a stick blink: half a second of activity, half a second of none.\n\nIt is read from and nothing is written. A stick that is being written is left alone. Ctrl-C ends the blinking.",
    examples: ["stickfarm drive locate ws-1/usb-2-1.3", "stickfarm drive locate 1 --seconds 60"],
  })
    .argument("<[agent/]bay>", "the bay; the agent may be left out where one alone has such a bay")
    .option("--seconds <count>", "1 to 60", SECONDS_DEFAULT)
    .action((bay, { seconds }, command) =>
      shell.ask(command, (session, controller) => locate(session, controller, { bay, seconds })),
    );
}

async function locate(
  session: Session,
  controller: Controller,
  options: { readonly bay: string; readonly seconds: string },
): Promise<Result<number>> {
  if (!/^\d{1,3}$/.test(options.seconds)) {
    const detail = `Cannot blink for "${options.seconds}" seconds: it must be a whole number`;
    return fail({ code: "usage", detail });
  }
  const found = await findDrive(controller, options.bay);
  if (!found.ok) return found;
  const { agent, drive } = found.value;
  const request = { agent, bay: drive.bay, seconds: Number(options.seconds) };
  const interrupted = new AbortController();
  const stopListening = session.io.onInterrupt(() => interrupted.abort());
  const { signal } = interrupted;
  const receive = ({ seconds }: LocateDriveResponse): Result<void> => {
    say(session, `${agent}/${drive.bay} blinks for ${seconds} s: stick ${drive.serial}`);
    return ok(undefined);
  };
  const method = OperatorServiceService.locateDrive;
  const followed = await controller.follow(method, request, { signal, receive });
  stopListening();
  if (signal.aborted) return ok(EXIT_INTERRUPTED);
  if (!followed.ok) return followed;
  writeAnswer(session, request, () => "");
  return ok(0);
}

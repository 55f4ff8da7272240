import { nameToType } from "@stickfarm/common/drive/ask-serial";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { sanitizeText } from "@stickfarm/common/sanitize-text";
import type { PlanPicture } from "../connect/plan-picture.ts";
import { readLine } from "../shell/read-line.ts";
import { type Session, say } from "../shell/session.ts";

/**
 * The serials of the drives of a plan that a yes alone does not erase: those that were given, and where somebody can be
 * asked, those that are typed now. Each is read off its own stick, so it is asked for by the bay and never shown in the
 * question.
 *
 * Problems: consent_missing, when who was asked typed something else.
 */
export async function askSerials(
  session: Session,
  { drives }: PlanPicture,
  given: readonly string[],
): Promise<Result<readonly string[]>> {
  const { stdin, stderr } = session.io;
  const isTerminal = stdin.isTTY === true && stderr.isTTY === true;
  const open = drives.filter(
    ({ drive }) => drive.asks.length > 0 && !given.includes(nameToType(drive)),
  );
  if (!isTerminal) return ok(given);
  const typed = [...given];
  for (const { agent, drive } of open) {
    const place = sanitizeText(`${agent}/${drive.bay}`);
    const what = drive.serial === "" ? "bay" : "serial";
    const answer = await readLine(session.io, `Type the ${what} of the drive in ${place}: `);
    if (answer?.trim() !== nameToType(drive)) {
      if (answer === null) say(session, "");
      const detail = `Cannot erase the drive in bay "${place}": the answer must be its ${what}, it is "${answer ?? ""}"`;
      return fail({ code: "consent_missing", detail });
    }
    typed.push(nameToType(drive));
  }
  return ok(typed);
}

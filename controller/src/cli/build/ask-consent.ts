import { fail, ok, type Result } from "@stickfarm/common/result";
import type { PlanPicture } from "../connect/plan-picture.ts";
import { countDrives } from "../plan/render-plan.ts";
import { readLine } from "../shell/read-line.ts";
import { type Session, say } from "../shell/session.ts";

/**
 * Consent to erase the drives of a plan that was just shown. The number has to be typed: a `y` is typed before the plan
 * was read, and the number is wrong when another drive was meant.
 *
 * Problems: consent_missing, when nobody can be asked, or who was asked did not say yes.
 */
export async function askConsent(session: Session, { drives }: PlanPicture): Promise<Result<void>> {
  const { stdin, stderr } = session.io;
  const what = `Cannot erase ${countDrives(drives.length)}`;
  if (stdin.isTTY !== true || stderr.isTTY !== true)
    return fail({
      code: "consent_missing",
      detail: `${what}: nobody can be asked, as there is no terminal, and --yes is not given`,
    });
  const count = String(drives.length);
  const typed = await readLine(
    session.io,
    `Erase ${countDrives(drives.length)}? Type the number of drives to go on: `,
  );
  if (typed?.trim() === count) return ok(undefined);
  if (typed === null) say(session, "");
  return fail({
    code: "consent_missing",
    detail: `${what}: the answer must be "${count}", it is "${typed ?? ""}"`,
  });
}

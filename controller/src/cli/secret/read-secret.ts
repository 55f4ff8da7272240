import { fail, ok, type Result } from "@stickfarm/common/result";
import type { Secret } from "@stickfarm/common/secret";
import { readHiddenLine } from "../shell/read-hidden-line.ts";
import type { Session } from "../shell/session.ts";
import { readGiven, trimSecret } from "./read-given.ts";

/**
 * A value from a file, from a person who types it twice unseen, or from a pipe. Never from the command line, where every
 * user of the machine can read it.
 *
 * Problems: usage, path_missing, path_unreadable; `null` when the person gave up.
 */
export async function readSecret(
  session: Session,
  { name, file }: { readonly name: string; readonly file: string | undefined },
): Promise<Result<Secret | null>> {
  const doing = `Cannot set secret "${name}"`;
  const given = await readGiven(session, { file, doing });
  if (given !== null) return given;
  const first = await readHiddenLine(session.io, `Value of secret "${name}": `);
  if (first === null) return ok(null);
  const second = await readHiddenLine(session.io, "The same again: ");
  if (second === null) return ok(null);
  if (first === second) return trimSecret(doing, ok(Buffer.from(first)));
  return fail({ code: "usage", detail: `${doing}: the two values that were typed differ` });
}

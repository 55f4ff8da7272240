import { fail, ok, type Result } from "@stickfarm/common/result";
import { parseTargets } from "../argument/parse-targets.ts";
import type { Controller } from "../connect/controller.ts";
import type { Session } from "../shell/session.ts";
import { withProgress } from "../shell/with-progress.ts";
import { type ImportIso, importIso } from "./import-iso.ts";
import { type Start, startBuild } from "./start-build.ts";

/**
 * From discs to sticks: the discs become a definition, which is built as any other, plan and consent included.
 *
 * Problems: usage when a media is named too, those of `importIso()` and `startBuild()`.
 */
export async function startIsoBuild(
  session: Session,
  controller: Controller,
  { iso, ...start }: Start & { readonly iso: ImportIso },
): Promise<Result<number>> {
  if (start.media !== undefined) {
    const detail = `Cannot tell what is meant: "${start.media}" and --iso are both given`;
    return fail({ code: "usage", detail });
  }
  // Said before gigabytes are read.
  const targets = parseTargets(start.on ?? []);
  if (!targets.ok) return targets;
  let media = "";
  const imported = await withProgress(session, "nothing was started", async (step) => {
    const made = await importIso(session, controller, { ...iso, ...step });
    if (!made.ok) return made;
    media = made.value;
    return ok(0);
  });
  if (!imported.ok || imported.value !== 0) return imported;
  return startBuild(session, controller, { ...start, media });
}

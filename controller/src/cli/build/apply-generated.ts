import { API_VERSION } from "@stickfarm/common/media/api-version";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import type { Controller } from "../connect/controller.ts";
import { isError, renderFindings } from "../media/render-findings.ts";
import { renderYaml } from "../output/render-document.ts";
import { type Session, say } from "../shell/session.ts";

export type Generated = {
  readonly name: string;
  readonly kind: "BootableMedia" | "DiskImage";
  /** Of the YAML. */
  readonly spec: object;
  /** What it was made of, for people. */
  readonly source: string;
};

const MARK =
  "# Made by `stickfarm build start --iso`; a definition that somebody wrote is never replaced.\n";

/**
 * Store a definition that was made by the program. Gives back NAME@REVISION; what has not changed is no new revision.
 *
 * Problems: name_taken when somebody wrote the definition of this name, definition_invalid with its findings printed.
 */
export async function applyGenerated(
  session: Session,
  controller: Controller,
  { name, kind, spec, source }: Generated,
): Promise<Result<string>> {
  const before = await controller.call(OperatorServiceService.getMedia, { name, revision: 0 });
  if (!before.ok && before.problem.code !== "media_unknown") return before;
  if (before.ok && !before.value.yaml.startsWith(MARK)) {
    const detail = `Cannot make the definition "${name}" of "${source}": there is one of this name that was not made so, must be another name (--name)`;
    return fail({ code: "name_taken", detail });
  }
  const metadata = { name, description: `Made of ${source}`.slice(0, 127) };
  const yaml = MARK + renderYaml({ apiVersion: API_VERSION, kind, metadata, spec });
  const request = { yaml, dryRun: false };
  const response = await controller.call(OperatorServiceService.applyMedia, request);
  if (!response.ok) return response;
  const { findings, media } = response.value;
  if (media === undefined || findings.some(isError)) {
    session.io.stderr.write(renderFindings(name, findings, { color: session.talkColor }));
    const detail = `Cannot take the definition "${name}" that was made of "${source}": it has errors`;
    return fail({ code: "definition_invalid", detail });
  }
  say(session, `Definition ${name}@${media.revision} is made of ${source}`);
  return ok(`${name}@${media.revision}`);
}

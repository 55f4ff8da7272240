import { createReadStream } from "node:fs";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import { type MediaSummary, OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import type { Controller } from "../connect/controller.ts";
import { writeAnswer } from "../output/write-answer.ts";
import type { Session } from "../shell/session.ts";
import { countFindings, isError, renderFindings } from "./render-findings.ts";

/** A definition is a page of text; more than this is another file. */
const DEFINITION_BYTES_MAX = 1024 * 1024;

type Apply = {
  /** "-" = standard input. */
  readonly file: string;
  readonly dryRun: boolean;
};

/**
 * Have the controller check a definition, and store it unless this is a dry run.
 *
 * Shape:    all findings are the answer, errors and warnings; then what was stored.
 * Problems: definition_invalid, path_missing, path_unreadable, usage.
 */
export async function applyMedia(
  session: Session,
  controller: Controller,
  { file, dryRun }: Apply,
): Promise<Result<number>> {
  const yaml = await readDefinition(session, file);
  if (!yaml.ok) return yaml;
  const request = { yaml: yaml.value, dryRun };
  const response = await controller.call(OperatorServiceService.applyMedia, request);
  if (!response.ok) return response;
  const { findings, media, stored } = response.value;
  const name = media === undefined ? "" : nameOf(media);
  const outcome = dryRun
    ? "is valid"
    : stored
      ? "is stored"
      : "was stored before and has not changed";
  writeAnswer(session, response.value, () => {
    const found = renderFindings(file === "-" ? "stdin" : file, findings, session);
    return media === undefined ? found : `${found}${name} ${outcome}, ${countFindings(findings)}\n`;
  });
  if (media !== undefined && !findings.some(isError)) return ok(0);
  return fail({
    code: "definition_invalid",
    detail: `Cannot take the definition "${file}": it has ${countFindings(findings)}`,
  });
}

/** A definition that was only checked may have no revision yet. */
function nameOf({ name, revision }: MediaSummary): string {
  return revision === 0 ? name : `${name}@${revision}`;
}

async function readDefinition(session: Session, file: string): Promise<Result<string>> {
  const doing = `Cannot read the definition "${file}"`;
  try {
    const chunks: Buffer[] = [];
    let byteCount = 0;
    for await (const chunk of file === "-" ? session.io.stdin : createReadStream(file)) {
      chunks.push(Buffer.from(chunk));
      byteCount += chunk.length;
      if (byteCount > DEFINITION_BYTES_MAX)
        return fail({ code: "usage", detail: `${doing}: it must have at most 1 MiB` });
    }
    return ok(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)));
  } catch (error) {
    if (error instanceof TypeError)
      return fail({ code: "usage", detail: `${doing}: it must be text in UTF-8`, cause: error });
    return fail(fileProblem(doing, error));
  }
}

import type { Result } from "@stickfarm/common/result";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import type { Controller } from "../connect/controller.ts";
import type { Session } from "../shell/session.ts";
import { readDefinitionFile } from "./read-definition-file.ts";
import { describeOutcome, writeFindings } from "./write-findings.ts";

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
  const yaml = await readDefinitionFile(session, file);
  if (!yaml.ok) return yaml;
  const request = { yaml: yaml.value, dryRun };
  const response = await controller.call(OperatorServiceService.applyMedia, request);
  if (!response.ok) return response;
  const { findings, media, stored } = response.value;
  const outcome = media === undefined ? null : describeOutcome(media, { dryRun, stored });
  return writeFindings(session, { file, findings, outcome, answer: response.value });
}

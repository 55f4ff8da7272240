import type { Result } from "@stickfarm/common/result";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import type { Controller } from "../connect/controller.ts";
import { readDefinitionFile } from "../media/read-definition-file.ts";
import { describeOutcome, writeFindings } from "../media/write-findings.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Session } from "../shell/session.ts";
import type { Shell } from "../shell/shell.ts";

export function taskSequenceApplyCommand(shell: Shell) {
  return newCommand(shell, {
    name: "apply",
    description:
      "Store a task sequence as a new revision, unless nothing changed.\n\nIt names the content that the task sequence uses, and perhaps the deployment to start; media definitions point at it\nby its name. With an error in it nothing is stored.",
    examples: [
      "stickfarm task-sequence apply -f install-w11.yaml",
      "stickfarm task-sequence apply -f install-w11.yaml --dry-run",
    ],
  })
    .requiredOption("-f, --file <file>", "the task sequence, YAML; - is standard input")
    .option("--dry-run", "check only, store nothing")
    .action(({ file, dryRun = false }, command) =>
      shell.ask(command, (session, controller) =>
        applyTaskSequence(session, controller, { file, dryRun }),
      ),
    );
}

async function applyTaskSequence(
  session: Session,
  controller: Controller,
  { file, dryRun }: { readonly file: string; readonly dryRun: boolean },
): Promise<Result<number>> {
  const yaml = await readDefinitionFile(session, file);
  if (!yaml.ok) return yaml;
  const request = { yaml: yaml.value, dryRun };
  const response = await controller.call(OperatorServiceService.applyTaskSequence, request);
  if (!response.ok) return response;
  const { findings, taskSequence, stored } = response.value;
  const outcome =
    taskSequence === undefined ? null : describeOutcome(taskSequence, { dryRun, stored });
  return writeFindings(session, { file, findings, outcome, answer: response.value });
}

import type { BootableMediaDraft } from "../definition-shape.ts";
import { type Finding, findingAt } from "../finding.ts";
import { checkName } from "./check-metadata.ts";

const AT = ["spec", "taskSequence"];

/** The task sequence that a stick points at; whether it exists is `check-references.ts`. */
export function checkPointer({ spec }: BootableMediaDraft): readonly Finding[] {
  if (spec?.taskSequence === undefined) return [];
  const { name } = spec.taskSequence;
  return [
    ...(name === undefined ? [] : checkName([...AT, "name"], name)),
    ...(spec.management === undefined ? [NO_MANAGEMENT] : []),
  ];
}

const NO_MANAGEMENT = findingAt(
  "task-sequence-no-management",
  AT,
  "names a task sequence, and no management point that it would come from",
  "Name one under spec.management, or leave taskSequence out",
);

import { type Circumstances, hasError, parseShape } from "./check-definition.ts";
import { checkMissing } from "./check-references.ts";
import { type Finding, findingAt } from "./finding.ts";
import type { Library } from "./library.ts";
import { checkMetadata, checkName } from "./rules/check-metadata.ts";
import type { TaskSequence } from "./task-sequence.ts";
import {
  type TaskSequenceDraft,
  TaskSequenceShape,
  type TaskSequenceText,
} from "./task-sequence-shape.ts";
import { toMetadata } from "./to-definition.ts";

export type CheckedTaskSequence = {
  readonly findings: readonly Finding[];
  /** `null` when an error was found. */
  readonly definition: TaskSequence | null;
};

/** The site's code and five hexadecimal digits, as the reference numbers its deployments. */
const DEPLOYMENT_ID = /^[A-Z0-9]{3}[0-9A-F]{5}$/;

/** Everything that is wrong or doubtful about a task sequence, all at once. `raw` is what the YAML says. */
export function checkTaskSequence(
  raw: unknown,
  { library }: Pick<Circumstances, "library">,
): CheckedTaskSequence {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    const rule = "is no task sequence, must be a mapping with apiVersion, kind, metadata and spec";
    const remedy = "Start with apiVersion: stickfarm/v1";
    return { findings: [findingAt("definition-not-mapping", [], rule, remedy)], definition: null };
  }
  const { findings, draft, text } = parseShape(TaskSequenceShape, raw);
  const all = [
    ...findings,
    ...checkMetadata(draft.metadata),
    ...checkPackages(draft.spec?.packages ?? [], library),
    ...checkDeployment(draft),
  ];
  return {
    findings: all,
    definition: text === null || hasError(all) ? null : toTaskSequence(text),
  };
}

function checkPackages(
  packages: readonly (string | undefined)[],
  library: Library | null,
): readonly Finding[] {
  const at = ["spec", "packages"];
  if (packages.length === 0) {
    const rule = "names no package: what it uses is not looked after";
    return [findingAt("packages-empty", at, rule, "Name the contents that it uses")];
  }
  return packages.flatMap((name, index) => {
    if (name === undefined) return [];
    const place = [...at, index];
    const first = packages.indexOf(name);
    if (first < index) {
      const rule = `is the same as packages[${first}]`;
      return [findingAt("package-repeated", place, rule, "Remove one of them")];
    }
    const isKnown = library === null || library.contents.has(name);
    return [...checkName(place, name), ...(isKnown ? [] : checkMissing(place, name, library))];
  });
}

function checkDeployment({ spec }: TaskSequenceDraft): readonly Finding[] {
  const id = spec?.preferredDeployment;
  if (id === undefined || DEPLOYMENT_ID.test(id)) return [];
  return [
    findingAt(
      "deployment-id-invalid",
      ["spec", "preferredDeployment"],
      "is no id of a deployment, must be the site's code and 5 digits of 0-9 and A-F",
      "Write the id as the site shows it, such as P0120012, or leave it out",
    ),
  ];
}

function toTaskSequence({ metadata, spec }: TaskSequenceText): TaskSequence {
  return {
    kind: "TaskSequence",
    metadata: toMetadata(metadata),
    spec: {
      packages: spec.packages ?? [],
      preferredDeployment: spec.preferredDeployment ?? null,
    },
  };
}

import type { Draft } from "../draft.ts";
import { type Finding, type FindingPath, findingAt, quote } from "../finding.ts";
import { isMediaName } from "../name.ts";
import type { RuleId } from "../rule-table.ts";

const DESCRIPTION_MAX = 127;
const LABELS_MAX = 64;
const LABEL_KEY = /^[A-Za-z]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE_MAX = 63;

type MetadataDraft = Draft<{
  readonly name: string;
  readonly description?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}>;

export function checkMetadata(metadata: MetadataDraft | undefined): readonly Finding[] {
  if (metadata === undefined) return [];
  const { name, description } = metadata;
  return [
    ...(name === undefined ? [] : checkName(["metadata", "name"], name)),
    ...(description === undefined || description.length <= DESCRIPTION_MAX
      ? []
      : [
          tooLong(
            "description-too-long",
            ["metadata", "description"],
            description.length,
            DESCRIPTION_MAX,
          ),
        ]),
    ...checkLabels(metadata.labels ?? {}),
  ];
}

/** For every field that holds the name of a definition, a content or a distribution point. */
export function checkName(at: FindingPath, name: string): readonly Finding[] {
  if (isMediaName(name)) return [];
  return [
    findingAt(
      "name-invalid",
      at,
      `is ${quote(name)}, must be 1 to 63 of a-z, 0-9 and -, beginning and ending with a letter or digit`,
      `Write another name, such as ${quote(suggestName(name))}`,
    ),
  ];
}

export function tooLong(
  ruleId: RuleId,
  at: FindingPath,
  length: number,
  lengthMax: number,
): Finding {
  return findingAt(
    ruleId,
    at,
    `has ${length} characters, at most ${lengthMax} are possible`,
    `Shorten it to ${lengthMax} characters`,
  );
}

function checkLabels(labels: Readonly<Record<string, string | undefined>>): readonly Finding[] {
  const entries = Object.entries(labels);
  const at = ["metadata", "labels"];
  const tooMany =
    entries.length > LABELS_MAX
      ? [
          findingAt(
            "metadata-labels-too-many",
            at,
            `has ${entries.length} labels, at most ${LABELS_MAX} are possible`,
            "Remove some",
          ),
        ]
      : [];
  return [...tooMany, ...entries.flatMap(([key, value]) => checkLabel([...at, key], key, value))];
}

function checkLabel(at: FindingPath, key: string, value: string | undefined): readonly Finding[] {
  const badKey: Finding = {
    ...findingAt(
      "metadata-label-invalid",
      at,
      "is no label: a label begins with a letter and has up to 63 letters, digits, dots, slashes and dashes",
      "Write another label",
    ),
    part: "key",
  };
  return [
    ...(LABEL_KEY.test(key) ? [] : [badKey]),
    ...(value === undefined || value.length <= LABEL_VALUE_MAX
      ? []
      : [tooLong("metadata-label-too-long", at, value.length, LABEL_VALUE_MAX)]),
  ];
}

function suggestName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 63)
    .replace(/^-+|-+$/g, "");
  return plain === "" ? "my-media" : plain;
}

import type { BootableMediaDraft } from "../definition-shape.ts";
import {
  contactsOf,
  environmentBytes,
  VARIABLE_VALUE_MAX,
  VARIABLES_BYTES_MAX,
} from "../environment-limits.ts";
import { type Finding, type FindingPath, findingAt, quote } from "../finding.ts";
import { checkSecretName } from "./check-security.ts";

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,255}$/;
const AT = ["spec", "customization", "variables"];

/** Set from fields of the definition; a variable of that name would contradict them. */
const FIELD_OF: Readonly<Record<string, string>> = {
  smstsmp: "spec.management",
  smstslocationmps: "spec.management",
  smstspreferredadvertid: "spec.taskSequence",
};

type VariableDraft = {
  readonly name?: string | undefined;
  readonly value?: string | undefined;
  readonly ask?: boolean | undefined;
  readonly secret?: string | undefined;
};

/** Values are never repeated in a finding: they may be what should have been a secret. */
export function checkVariables({ spec }: BootableMediaDraft): readonly Finding[] {
  const variables = spec?.customization?.variables ?? [];
  const sealed = spec?.security?.password !== undefined;
  return [
    ...variables.flatMap((variable, index) =>
      variable === undefined
        ? []
        : [
            ...checkVariableName([...AT, index, "name"], variable.name),
            ...checkSource([...AT, index], variable),
            ...checkValue([...AT, index, "value"], variable),
            ...checkSecret([...AT, index, "secret"], variable.secret, sealed),
          ],
    ),
    ...checkDuplicates(variables),
    ...checkSum(variables, spec?.management?.managementPoints ?? []),
    ...checkUnattended(variables, spec?.unattended === true),
  ];
}

/** Whether the target is asked for the value when it boots. */
export function isAsked({ value, ask, secret }: VariableDraft): boolean {
  return secret === undefined && (ask === true || value === "");
}

function checkVariableName(at: FindingPath, name: string | undefined): readonly Finding[] {
  if (name === undefined) return [];
  if (name.startsWith("_")) {
    return [
      findingAt(
        "variable-name-reserved",
        at,
        `is ${quote(name)}, must not begin with _`,
        "Write another name",
      ),
    ];
  }
  if (!NAME.test(name)) {
    const rule = `is ${quote(name)}, must be a letter and up to 255 letters, digits, _ and -`;
    return [findingAt("variable-name-invalid", at, rule, "Write another name")];
  }
  const field = FIELD_OF[name.toLowerCase()];
  if (field === undefined) return [];
  return [
    findingAt(
      "variable-name-clash",
      at,
      `is ${quote(name)}, which ${field} sets`,
      `Use ${field} instead`,
    ),
  ];
}

/** A key whose value has the wrong type is there all the same, and has its own finding. */
function checkSource(at: FindingPath, variable: VariableDraft): readonly Finding[] {
  const { value, ask } = variable;
  const given = [
    "value" in variable && value !== "",
    "ask" in variable && ask !== false,
    "secret" in variable,
  ];
  const count = given.filter((is) => is).length;
  const remedy = "Write one of value: ..., ask: true and secret: NAME";
  if (count > 1)
    return [
      findingAt("variable-many-sources", at, "has more than one of value, ask and secret", remedy),
    ];
  if (count === 1 || (value === "" && ask !== false)) return [];
  return [findingAt("variable-no-source", at, "has none of value, ask and secret", remedy)];
}

function checkValue(at: FindingPath, variable: VariableDraft): readonly Finding[] {
  const { name = "", value = "" } = variable;
  return [
    ...(value.length > VARIABLE_VALUE_MAX
      ? [
          findingAt(
            "variable-too-long",
            at,
            `has ${value.length} characters, at most ${VARIABLE_VALUE_MAX} are possible`,
            "Shorten it, or put it into a file",
          ),
        ]
      : []),
    ...(/[\0\p{Surrogate}]/u.test(value)
      ? [findingAt("variable-not-text", at, "has a code that is not a character", "Leave it out")]
      : []),
    ...(value !== "" && looksSecret(name)
      ? [
          findingAt(
            "variable-looks-secret",
            at,
            `stands in the open, and ${quote(name)} sounds like a secret`,
            "Set it with `stickfarm secret set NAME` and write secret: NAME",
          ),
        ]
      : []),
    ...(isAsked(variable) && variable.ask !== true
      ? [
          findingAt(
            "variable-empty",
            at,
            "is empty: it is asked at boot",
            "Write ask: true if that is meant",
          ),
        ]
      : []),
  ];
}

function looksSecret(name: string): boolean {
  return /password|passwd|passphrase|pwd|secret|token|credential|apikey|privatekey|productkey/i.test(
    name.replace(/[-_]/g, ""),
  );
}

function checkSecret(
  at: FindingPath,
  secret: string | undefined,
  sealed: boolean,
): readonly Finding[] {
  if (secret === undefined) return [];
  return [
    ...checkSecretName(at, secret),
    ...(sealed
      ? []
      : [
          findingAt(
            "variable-not-sealed",
            at,
            "is a secret on a stick without a password, must be sealed by one",
            "Set spec.security.password.secret",
          ),
        ]),
  ];
}

function checkDuplicates(variables: readonly (VariableDraft | undefined)[]): readonly Finding[] {
  const seen = new Map<string, number>();
  return variables.flatMap((variable, index) => {
    const name = variable?.name?.toLowerCase();
    if (name === undefined) return [];
    const first = seen.get(name);
    if (first === undefined) {
      seen.set(name, index);
      return [];
    }
    const rule = `is the same as variables[${first}]; upper and lower case do not count`;
    return [findingAt("variable-repeated", [...AT, index, "name"], rule, "Remove one of them")];
  });
}

/** With the one variable among those of the definition that can be long. */
function checkSum(
  variables: readonly (VariableDraft | undefined)[],
  points: readonly ({ readonly url?: string | undefined } | undefined)[],
): readonly Finding[] {
  if (variables.length === 0) return [];
  const urls = points.flatMap((point) => (point?.url === undefined ? [] : [point.url]));
  const own = variables.filter((variable) => variable !== undefined);
  const bytes = environmentBytes([...own, ...contactsOf(urls)]);
  if (bytes <= VARIABLES_BYTES_MAX) return [];
  const rule = `take ${bytes} bytes with their names, at most ${VARIABLES_BYTES_MAX} are possible`;
  return [
    findingAt("variables-too-large", AT, rule, "Remove some, or put long values into a file"),
  ];
}

function checkUnattended(
  variables: readonly (VariableDraft | undefined)[],
  unattended: boolean,
): readonly Finding[] {
  const asked = variables.filter((variable) => variable !== undefined && isAsked(variable));
  if (!unattended || asked.length === 0) return [];
  return [
    findingAt(
      "unattended-asked-variable",
      ["spec", "unattended"],
      `is true, and nobody can fill in ${asked.length} of the variables at boot`,
      "Give them a value, or write unattended: false",
    ),
  ];
}

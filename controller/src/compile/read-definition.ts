import {
  type Circumstances,
  checkDefinition,
  hasError,
} from "@stickfarm/common/media/check-definition";
import { checkTaskSequence } from "@stickfarm/common/media/check-task-sequence";
import type { MediaDefinition } from "@stickfarm/common/media/definition";
import { type Finding, type PlacedFinding, renderPath } from "@stickfarm/common/media/finding";
import { isSecretName } from "@stickfarm/common/media/name";
import { RULES } from "@stickfarm/common/media/rule-table";
import type { TaskSequence } from "@stickfarm/common/media/task-sequence";
import { valueAt } from "@stickfarm/common/media/value-at";
import { readYaml, type YamlError, type YamlText } from "./read-yaml.ts";

export type ReadDefinition = Read<MediaDefinition>;

type Read<Definition> = {
  /** By place in the text. */
  readonly findings: readonly PlacedFinding[];
  /** `null` when an error was found. */
  readonly definition: Definition | null;
};

/** More than anyone reads at once; what lies beyond is counted. */
const FINDINGS_MAX = 200;

/**
 * A definition as an operator wrote it: what is wrong with its YAML, its fields and their values, all at once, each with
 * line and column. Never throws, whatever the text holds.
 */
export function readDefinition(text: string, circumstances: Circumstances): ReadDefinition {
  return readText(text, (raw) => checkDefinition(raw, circumstances));
}

/** The same for a task sequence. */
export function readTaskSequence(
  text: string,
  circumstances: Pick<Circumstances, "library">,
): Read<TaskSequence> {
  return readText(text, (raw) => checkTaskSequence(raw, circumstances));
}

/** The name of the secret that is to be the media password, or `null`; of a text that may not be right yet. */
export function readPasswordName(text: string): string | null {
  const name = valueAt(readYaml(text).value, ["spec", "security", "password", "secret"]);
  return typeof name === "string" && isSecretName(name) ? name : null;
}

type Check<Definition> = (raw: unknown) => {
  readonly findings: readonly Finding[];
  readonly definition: Definition | null;
};

function readText<Definition>(text: string, check: Check<Definition>): Read<Definition> {
  const yaml = readYaml(text);
  const syntax = yaml.errors.map(placeError);
  if (syntax.length > 0 && !isMapping(yaml.value)) {
    return { findings: inOrder(syntax), definition: null };
  }
  const { findings, definition } = check(yaml.value);
  const placed = findings.map((finding) => place(finding, yaml));
  const all = [...syntax, ...placed.filter((finding) => !followsFrom(finding, syntax))];
  return { findings: inOrder(all), definition: hasError(all) ? null : definition };
}

/** What was placed before, and what was found later about the same text. */
export function placeFindings(
  text: string,
  placed: readonly PlacedFinding[],
  found: readonly Finding[],
): readonly PlacedFinding[] {
  if (found.length === 0) return placed;
  const yaml = readYaml(text);
  return inOrder([...placed, ...found.map((finding) => place(finding, yaml))]);
}

/** One mistake is told once: what stands in text that cannot be read is neither missing nor of a wrong type. */
function followsFrom(
  { ruleId, line, column }: PlacedFinding,
  syntax: readonly PlacedFinding[],
): boolean {
  return syntax.some(
    (error) =>
      (error.line === line && error.column === column) ||
      (ruleId === "field-missing" && error.path === ""),
  );
}

function placeError({ at, ...error }: YamlError): PlacedFinding {
  const { severity, code } = RULES[error.ruleId];
  return { ...error, severity, code, path: renderPath(at) };
}

function place({ at, part, ...finding }: Finding, yaml: YamlText): PlacedFinding {
  const { line, column } = yaml.placeOf(at, part);
  return { ...finding, line, column, path: renderPath(at) };
}

function inOrder(findings: readonly PlacedFinding[]): readonly PlacedFinding[] {
  const distinct = [...new Map(findings.map((finding) => [identityOf(finding), finding])).values()];
  distinct.sort((one, other) => one.line - other.line || one.column - other.column);
  const shown = distinct.slice(0, FINDINGS_MAX);
  const last = shown.at(-1);
  if (last === undefined || shown.length === distinct.length) return distinct;
  const more = `goes on with ${distinct.length - shown.length} more findings`;
  const { line, column } = last;
  const cut = placeError({
    ruleId: "findings-cut",
    at: [],
    rule: more,
    remedy: "Correct these first",
    line,
    column,
  });
  return [...shown, cut];
}

/** One mistake may keep the parser from going on in several places at once. */
function identityOf({ line, column, path, rule }: PlacedFinding): string {
  return JSON.stringify([line, column, path, rule]);
}

function isMapping(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

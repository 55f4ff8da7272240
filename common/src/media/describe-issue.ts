import { z } from "zod";
import { type Finding, type FindingPath, findingAt, quote, renderPath } from "./finding.ts";
import { nearestName } from "./nearest-name.ts";
import { valueAt } from "./value-at.ts";

type Issue = z.core.$ZodIssue;

/** What the shape found wrong, in the words of a finding: what is, what must be, what to do. */
export function describeIssue(shape: z.ZodType, root: unknown, issue: Issue): readonly Finding[] {
  const at = issue.path.filter((part) => typeof part !== "symbol");
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(shape, at);
    return issue.keys.map((key) => unknownKey([...at, key], key, known));
  }
  const value = valueAt(root, at);
  const wanted = nounOf(issue);
  if (value === undefined) return [missing(at, wanted)];
  if (issue.code === "invalid_value" && typeof value === "string") {
    return [unknownChoice(at, value, issue.values.map(String))];
  }
  return [
    findingAt(
      "field-wrong-type",
      at,
      `is ${nameOfType(value)}, must be ${wanted}`,
      remedyFor(value, wanted),
    ),
  ];
}

function unknownKey(at: FindingPath, key: string, known: readonly string[]): Finding {
  const meant = nearestName(key, known);
  return {
    ...findingAt(
      "field-unknown",
      at,
      "is not a field of a definition",
      meant === null
        ? `Remove it; the fields here are ${known.join(", ")}`
        : `Did you mean ${quote(meant)}?`,
    ),
    part: "key",
  };
}

function missing(at: FindingPath, wanted: string): Finding {
  return findingAt(
    "field-missing",
    at,
    `is missing, must be ${wanted}`,
    `Add ${renderPath(at.slice(-1))}`,
  );
}

function unknownChoice(at: FindingPath, value: string, choices: readonly string[]): Finding {
  const meant = nearestName(value, choices);
  return findingAt(
    "choice-unknown",
    at,
    `is ${quote(value)}, must be ${oneOf(choices)}`,
    choiceRemedy(value, meant, choices),
  );
}

function choiceRemedy(value: string, meant: string | null, choices: readonly string[]): string {
  if (value === "TaskSequence") return "Store it with `stickfarm task-sequence apply`";
  return meant === null ? `Write ${oneOf(choices)}` : `Did you mean ${quote(meant)}?`;
}

const NOUNS: Readonly<Record<string, string>> = {
  string: "text",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
};

function nounOf(issue: Issue): string {
  if (issue.code === "invalid_value") return oneOf(issue.values.map(String));
  return issue.code === "invalid_type"
    ? (NOUNS[issue.expected] ?? issue.expected)
    : "another value";
}

function oneOf(choices: readonly string[]): string {
  if (choices.length === 1) return choices.join("");
  return `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
}

function nameOfType(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "string") return "text";
  return typeof value === "number" ? "a number" : String(value);
}

/** YAML 1.2 knows true and false only: what 1.1 took for them is text. */
const YES = /^(yes|on|y|true)$/i;
const NO = /^(no|off|n|false)$/i;

function remedyFor(value: unknown, wanted: string): string {
  if (value === null) return "Give it a value, or leave the key out";
  if (wanted === NOUNS["string"] && typeof value !== "object") return "Put the value in quotes";
  if (wanted === NOUNS["boolean"] && typeof value === "string") {
    if (YES.test(value)) return "Write true, without quotes";
    if (NO.test(value)) return "Write false, without quotes";
  }
  return `Write ${wanted}`;
}

/** The keys that the shape knows at a path. */
function keysAt(shape: z.ZodType, path: FindingPath): readonly string[] {
  const found = path.reduce<unknown>(stepInto, shape);
  const inner = unwrap(found);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

function stepInto(shape: unknown, part: string | number): unknown {
  const inner = unwrap(shape);
  if (inner instanceof z.ZodArray) return inner.element;
  return inner instanceof z.ZodObject ? valueAt(inner.shape, [part]) : undefined;
}

function unwrap(shape: unknown): unknown {
  return shape instanceof z.ZodOptional ? shape.unwrap() : shape;
}

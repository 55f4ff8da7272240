import type { ProblemCode } from "../problem.ts";
import { escapeUnsafe } from "../sanitize-text.ts";
import { RULES, type RuleId } from "./rule-table.ts";

/** What is wrong or doubtful about one place of a definition. Never holds a value that could be a secret. */
export type Finding = {
  /** Which rule it is: stable, unlike its words. */
  readonly ruleId: RuleId;
  readonly severity: "error" | "warning";
  readonly code: ProblemCode;
  readonly at: FindingPath;
  /** key: the key itself is wrong, so that is what to point at. */
  readonly part: "key" | "value";
  /** "is <what is>, must be <what must be>" */
  readonly rule: string;
  /** What to do. */
  readonly remedy: string;
};

/** Keys and indices from the root. */
export type FindingPath = readonly (string | number)[];

/** A finding with its place in the text; line and column count from 1, 0 when no place is known. */
export type PlacedFinding = {
  readonly ruleId: RuleId;
  readonly severity: "error" | "warning";
  readonly code: ProblemCode;
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly rule: string;
  readonly remedy: string;
};

/** Severity and code are the rule's; the words are those of this place. */
export function findingAt(ruleId: RuleId, at: FindingPath, rule: string, remedy: string): Finding {
  const { severity, code } = RULES[ruleId];
  return { ruleId, severity, code, at, part: "value", rule, remedy };
}

/** "spec.customization.variables[0].name"; keys that are no words are quoted. */
export function renderPath(at: FindingPath): string {
  return at.map(renderPart).join("").replace(/^\./, "");
}

function renderPart(part: string | number): string {
  if (typeof part === "number") return `[${part}]`;
  return /^[\w-]+$/.test(part) ? `.${part}` : `[${quote(part)}]`;
}

const QUOTED_MAX = 60;

/** As JSON, cut short: what is quoted comes from a file and goes to a terminal. */
export function quote(text: string): string {
  const units = Array.from(text);
  const shown = units.length > QUOTED_MAX ? `${units.slice(0, QUOTED_MAX).join("")}…` : text;
  return escapeUnsafe(JSON.stringify(shown));
}

import type { z } from "zod";
import { checkReferences } from "./check-references.ts";
import type { MediaDefinition } from "./definition.ts";
import { BootableMediaShape, DiskImageShape, EnvelopeShape, KINDS } from "./definition-shape.ts";
import { describeIssue } from "./describe-issue.ts";
import type { Draft } from "./draft.ts";
import { type Finding, findingAt } from "./finding.ts";
import type { Library } from "./library.ts";
import { nearestName } from "./nearest-name.ts";
import { type Reference, referencesOfBootableMedia, referencesOfDiskImage } from "./references.ts";
import { checkBootImage } from "./rules/check-boot-image.ts";
import { checkCertificate } from "./rules/check-certificate.ts";
import { checkDistribution } from "./rules/check-distribution.ts";
import { checkFiles } from "./rules/check-files.ts";
import { checkManagement } from "./rules/check-management.ts";
import { checkMetadata, checkName } from "./rules/check-metadata.ts";
import { checkOutput } from "./rules/check-output.ts";
import { checkPointer } from "./rules/check-pointer.ts";
import { checkPrestart } from "./rules/check-prestart.ts";
import { checkPrestartFiles } from "./rules/check-prestart-files.ts";
import { checkPasswordStrength, checkSecurity } from "./rules/check-security.ts";
import { checkVariables } from "./rules/check-variables.ts";
import { toBootableMedia, toDiskImage } from "./to-definition.ts";
import { valueAt, withoutValues } from "./value-at.ts";

export type CheckedDefinition = {
  readonly findings: readonly Finding[];
  /** `null` when an error was found. */
  readonly definition: MediaDefinition | null;
};

/** What a definition is judged by, beside its own text. */
export type Circumstances = {
  /** Milliseconds since 1970 UTC; dates of certificates are compared to it. */
  readonly nowMs: number;
  /** `null`: names are not looked up. */
  readonly library: Library | null;
};

/**
 * Everything that is wrong or doubtful about a definition, all at once: a wrong type in one place does not hide a broken
 * rule in another. `raw` is what the YAML says; nothing about it is believed.
 *
 * Source: rules of configmgr.md part 5.2 and 5.3, in the names of the definition contract.
 */
export function checkDefinition(raw: unknown, circumstances: Circumstances): CheckedDefinition {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    const rule = "is no definition, must be a mapping with apiVersion, kind, metadata and spec";
    return {
      findings: [
        findingAt("definition-not-mapping", [], rule, "Start with apiVersion: stickfarm/v1"),
      ],
      definition: null,
    };
  }
  switch (kindOf(raw)) {
    case "BootableMedia":
      return checkBootableMedia(raw, circumstances);
    case "DiskImage":
      return checkDiskImage(raw, circumstances);
    case null:
      return { findings: checkEnvelope(raw), definition: null };
  }
}

/** A misspelt kind is taken for the one that was meant, so that the rest is checked as well. */
function kindOf(raw: object): (typeof KINDS)[number] | null {
  const written = valueAt(raw, ["kind"]);
  if (typeof written !== "string") return null;
  const meant = nearestName(written, KINDS);
  return KINDS.find((kind) => kind === meant) ?? null;
}

function checkBootableMedia(raw: object, { nowMs, library }: Circumstances): CheckedDefinition {
  const { findings, draft, text } = parseShape(BootableMediaShape, raw);
  const all = [
    ...findings,
    ...checkMetadata(draft.metadata),
    ...checkManagement(draft),
    ...checkOutput(draft),
    ...checkSecurity(draft),
    ...checkCertificate(draft, nowMs),
    ...checkBootImage(draft),
    ...checkFiles(draft),
    ...checkVariables(draft),
    ...checkPrestart(draft),
    ...checkPrestartFiles(draft, library),
    ...checkPointer(draft),
    ...checkPasswordStrength(draft, library),
    ...checkDistribution(draft.spec?.distributionPoints),
    ...lookUp(referencesOfBootableMedia(draft), library),
  ];
  return {
    findings: all,
    definition: text === null || hasError(all) ? null : toBootableMedia(text),
  };
}

function checkDiskImage(raw: object, { library }: Circumstances): CheckedDefinition {
  const { findings, draft, text } = parseShape(DiskImageShape, raw);
  const content = draft.spec?.image?.content;
  const all = [
    ...findings,
    ...checkMetadata(draft.metadata),
    ...(content === undefined ? [] : checkName(["spec", "image", "content"], content)),
    ...checkDistribution(draft.spec?.distributionPoints),
    ...lookUp(referencesOfDiskImage(draft), library),
  ];
  return { findings: all, definition: text === null || hasError(all) ? null : toDiskImage(text) };
}

function lookUp(references: readonly Reference[], library: Library | null): readonly Finding[] {
  return library === null ? [] : checkReferences(references, library);
}

function checkEnvelope(raw: object): readonly Finding[] {
  const parsed = EnvelopeShape.safeParse(raw);
  if (parsed.success) return [];
  return parsed.error.issues.flatMap((issue) => describeIssue(EnvelopeShape, raw, issue));
}

type Parsed<Text> = {
  readonly findings: readonly Finding[];
  readonly draft: Draft<Text>;
  /** `null` when the shape found something. */
  readonly text: Text | null;
};

/** Findings of the shape, and what is left of the value for the rules to judge. */
export function parseShape<Text>(shape: z.ZodType<Text>, raw: object): Parsed<Text> {
  const parsed = shape.safeParse(raw);
  const issues = parsed.success ? [] : parsed.error.issues;
  const wrong = issues
    .filter(({ code }) => code !== "unrecognized_keys")
    .map(({ path }) => path.filter((part) => typeof part !== "symbol"));
  return {
    findings: issues.flatMap((issue) => describeIssue(shape, raw, issue)),
    // Every value whose type the shape refused is out of it, so that what is left has the shape's types.
    draft: withoutValues(raw, wrong) as Draft<Text>,
    text: parsed.success ? parsed.data : null,
  };
}

export function hasError(findings: readonly { readonly severity: string }[]): boolean {
  return findings.some(({ severity }) => severity === "error");
}
